/**
 * What becomes due: the expiry of an access request, the outcome of a push, the closing of denials, the end of what a suspension
 * ends, the publication of an event.
 */
export type Due = "expiry" | "outcome" | "closing" | "suspension" | "publication";

export interface DueItems {
  /**
   * Ids of access targets, connections, denials, callers or events that have been due since `until` or before, in
   * pages, the oldest first. Rejects with a Problem, and stops when its signal aborts.
   */
  findDue(due: Due, until: Date, signal: AbortSignal): AsyncIterable<readonly string[]>;
}
