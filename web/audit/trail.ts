import type { AuditEvent, AuditEventPage } from "../../sdk/types.ts";

/** What has been loaded of the trail. */
export interface Trail {
  /** Newest first, each once. */
  readonly events: readonly AuditEvent[];
  /** Where older ones begin, if there are any. */
  readonly nextCursor?: string | undefined;
  /** The accounts and regions of which events may be missing. */
  readonly incomplete: Incomplete;
}

type Incomplete = NonNullable<AuditEventPage["incomplete"]>;

export const noTrail: Trail = { events: [], incomplete: [] };

/** Adds a page of older events. */
export function withOlder(trail: Trail, page: AuditEventPage): Trail {
  const { items, nextCursor, incomplete = [] } = page;
  return { events: merged(trail.events, items), nextCursor, incomplete: places([...trail.incomplete, ...incomplete]) };
}

/** Adds what has happened since, and what was filed late. */
export function withNewer(trail: Trail, items: readonly AuditEvent[], incomplete: Incomplete = []): Trail {
  return { ...trail, events: merged(trail.events, items), incomplete: places([...trail.incomplete, ...incomplete]) };
}

/** Milliseconds that each look goes back: a clock may be five minutes off, and an event may be filed as much later. */
const overlap = 10 * 60_000;

/** Since when a look reads. @param lookedAt when the last look began that succeeded @param from the filter's */
export function lookFrom(lookedAt: Date, from: string | undefined): string {
  const since = new Date(lookedAt.getTime() - overlap).toISOString();
  return from !== undefined && from > since ? from : since;
}

function merged(events: readonly AuditEvent[], more: readonly AuditEvent[]): readonly AuditEvent[] {
  const known = new Set(events.map(({ id }) => id));
  const added = more.filter(({ id }) => !known.has(id));
  return added.length === 0 ? events : [...events, ...added].sort(newestFirst);
}

/** Events of one moment that happened to one item are in the order of their numbers. */
function newestFirst(one: AuditEvent, other: AuditEvent): number {
  if (one.time !== other.time) return one.time < other.time ? 1 : -1;
  if (one.subject !== other.subject) return one.subject < other.subject ? -1 : 1;
  return other.data.sequence - one.data.sequence;
}

function places(incomplete: Incomplete): Incomplete {
  const keyOf = ({ accountId, region, code }: Incomplete[number]) => [accountId, region, code].join("/");
  return [...new Map(incomplete.map((each) => [keyOf(each), each])).values()];
}
