import type { AuditEvent } from "../../sdk/types.ts";
import { type Polling, poll } from "../api/poll.ts";
import type { Context } from "../command/context.ts";

/** Milliseconds that each look goes back: a clock may be five minutes off, and an event may be filed as much later. */
const overlap = 10 * 60_000;

interface Following extends Pick<Polling, "pause"> {
  /** Every event at or after a moment (ISO 8601), in any order. */
  readonly read: (from: string) => Promise<readonly AuditEvent[]>;
  /** Gets each event once. */
  readonly show: (events: readonly AuditEvent[]) => void;
  /** Shows events since then (ISO 8601). Left out: those from now on. */
  readonly since?: string | undefined;
  /** Ends after as many events. */
  readonly limit: number;
}

/**
 * Shows each event once, those of a look in the order of their time. An event that is filed late is shown late. After failures a
 * look goes back to the last one that succeeded, so none is lost. @throws as `poll`
 */
export async function followEvents(
  context: Pick<Context, "terminal" | "signal" | "clock">,
  { read, show, since, limit, pause }: Following,
): Promise<void> {
  const before = (moment: Date) => new Date(moment.getTime() - overlap).toISOString();
  const start = context.clock();
  /** The times of events that need not be shown any more, by id. */
  const seen = new Map<string, string>();
  let from = since ?? before(start);
  let isFirst = true;
  let shown = 0;
  const look = async () => {
    const lookedAt = context.clock();
    const found = (await read(from)).filter(({ id }) => !seen.has(id)).sort(byTime);
    for (const { id, time } of found) seen.set(id, time);
    const isOld = ({ time }: AuditEvent) => isFirst && since === undefined && time < start.toISOString();
    const fresh = found.filter((event) => !isOld(event)).slice(0, limit - shown);
    isFirst = false;
    if (fresh.length > 0) show(fresh);
    shown += fresh.length;
    if (before(lookedAt) > from) from = before(lookedAt);
    for (const [id, time] of seen) if (time < from) seen.delete(id);
    return shown >= limit;
  };
  await poll(context, { look, says: "Following the trail", pause });
}

/** The events of one thing by their numbers, even if its clocks differ. */
function byTime(one: AuditEvent, other: AuditEvent): number {
  if (one.subject === other.subject) return one.data.sequence - other.data.sequence;
  return one.time < other.time ? -1 : one.time > other.time ? 1 : one.id < other.id ? -1 : 1;
}
