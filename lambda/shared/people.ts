import type { Caller } from "../../contract/caller.ts";

/** What is known of people who are not calling. Each rejects with a Problem, and stops when its signal aborts. */
export interface People {
  /** Keeps how a person has just called, unless a later call is kept. */
  refresh(person: Caller, now: Date, signal: AbortSignal): Promise<void>;
  /** Whether the person has ever called. */
  wasSeen(id: string, signal: AbortSignal): Promise<boolean>;
}
