import type { EventBus, WaitingEvents } from "../audit/ports.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { settle } from "./settle.ts";
import { type Failure, failureOf } from "./worker-log.ts";

export interface Publication {
  /** How many events the bus has accepted. */
  readonly published: number;
  /** By event: each of them still waits, and the sweep publishes it again. */
  readonly failures: readonly Failure[];
}

/**
 * Puts events on the bus, and marks those that it has accepted as published. An event may be put there twice: after a crash
 * between the two, or if the mark cannot be written.
 */
export async function publish(
  ports: EventBus & Pick<WaitingEvents, "markPublished">,
  events: readonly TrailEvent[],
  signal: AbortSignal,
): Promise<Publication> {
  const responses = events.length > 0 ? await ports.putEvents(events, signal) : [];
  const accepted = responses.filter(({ fault }) => fault === undefined);
  const marked = await settle(accepted, ({ event }) => ports.markPublished(event.id, signal));
  const failures = [
    ...responses.flatMap(({ event, fault }) => (fault ? [failureOf("publish", event.id, fault)] : [])),
    ...marked.flatMap(({ item, error }) => (error === undefined ? [] : [failureOf("mark", item.event.id, error)])),
  ];
  return { published: accepted.length, failures };
}
