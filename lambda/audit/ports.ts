import type { Problem } from "../shared/problem.ts";
import type { TrailEvent } from "../shared/trail-event.ts";

// How events get from the items that made them into the trail and onto the bus.

/** What a change of the table has made. */
export interface RecordEvents {
  /** The key of the item. */
  readonly item: string;
  /** Those that belong to the item, in order. */
  readonly events: readonly TrailEvent[];
  /** How many of its events do not belong to it. */
  readonly foreign: number;
}

/** Whether a filed event waits for the bus. `refused`: its id is another event's. */
export type Filing = "waiting" | "published" | "refused";

/** The bus's response about one event: accepted if there is no fault. */
export interface BusResponse {
  readonly event: TrailEvent;
  readonly fault?: Problem;
}

export interface EventBus {
  /** Responds for each event, in order. Never rejects: if the bus fails, the trail goes on. */
  putEvents(events: readonly TrailEvent[], signal: AbortSignal): Promise<readonly BusResponse[]>;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface WaitingEvents {
  /** Undefined if the bus has it by now. */
  readWaitingEvent(eventId: string, signal: AbortSignal): Promise<TrailEvent | undefined>;
  /** Records that the event no longer waits for the bus. */
  markPublished(eventId: string, signal: AbortSignal): Promise<void>;
}

export interface EventFile {
  /** Files an event once, and replaces none. Rejects with a Problem. */
  fileEvent(event: TrailEvent, now: Date, signal: AbortSignal): Promise<Filing>;
}

export interface PolicyKeeper {
  /** Keeps the deployed policies, which events name by their digest. Rejects with a Problem. */
  keepPolicies(signal: AbortSignal): Promise<void>;
}
