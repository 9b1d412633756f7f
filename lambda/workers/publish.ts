import type { Problem } from "../shared/problem.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { settle } from "./settle.ts";
import { type Fault, faultOf } from "./worker-log.ts";

/** What the bus said of one event: without a fault, it has it. */
export interface BusResponse {
  readonly event: TrailEvent;
  readonly fault?: Problem;
}

export interface PublishPorts {
  /** Answers for each event, in their order. It never rejects: the bus may fail, and the trail goes on. */
  putEvents(events: readonly TrailEvent[], signal: AbortSignal): Promise<readonly BusResponse[]>;
  /** The event waits no longer for the bus. */
  markPublished(eventId: string, signal: AbortSignal): Promise<void>;
}

export interface Publication {
  /** How many events the bus has. */
  readonly published: number;
  /** What did not go well, by event: it still waits, and the sweep puts it on the bus again. */
  readonly faults: readonly Fault[];
}

/**
 * Puts events on the bus, and takes the mark off those that it has. An event may be put there more than once: after a crash
 * between the two, and where the mark cannot be taken off.
 */
export async function publish(
  ports: PublishPorts,
  events: readonly TrailEvent[],
  signal: AbortSignal,
): Promise<Publication> {
  const answers = events.length > 0 ? await ports.putEvents(events, signal) : [];
  const taken = answers.filter(({ fault }) => fault === undefined);
  const marked = await settle(taken, ({ event }) => ports.markPublished(event.id, signal));
  const faults = [
    ...answers.flatMap(({ event, fault }) => (fault ? [faultOf("publish", event.id, fault)] : [])),
    ...marked.flatMap(({ item, error }) => (error === undefined ? [] : [faultOf("mark", item.event.id, error)])),
  ];
  return { published: taken.length, faults };
}
