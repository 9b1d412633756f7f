import type { Operations } from "../../sdk/types.ts";

/** What an audit page shows, as the query of its URL says it. */
export interface Filters {
  readonly instanceId?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly accessRequestId?: string | undefined;
  /** A period up to now. It takes the place of `from` and `to`. */
  readonly last?: Period | undefined;
  /** ISO 8601 in UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type Period = keyof typeof periodSeconds;

const periodSeconds = { hour: 3600, day: 86_400, week: 604_800 } as const;

export const narrowing = ["instanceId", "subject", "actor", "type", "connectionId", "accessRequestId"] as const;

/** Reads the query of an audit page. What it does not know is left out, and left to the API is what it takes for wrong. */
export function readFilters(query: URLSearchParams): Filters {
  const textOf = (name: string) => query.get(name)?.trim() || undefined;
  const fields = Object.fromEntries(narrowing.map((name) => [name, textOf(name)]));
  const last = textOf("last");
  if (last !== undefined && Object.hasOwn(periodSeconds, last)) return { ...fields, last: last as Period };
  return { ...fields, from: momentOf(textOf("from")), to: momentOf(textOf("to")) };
}

/** How many of the filters narrow the list, beside its period. */
export const countNarrowing = (filters: Filters): number =>
  narrowing.filter((name) => filters[name] !== undefined).length;

export type EventFilter = Omit<Operations["listAuditEvents"]["input"], "limit" | "cursor" | "from"> & {
  /** ISO 8601. */
  readonly from?: string | undefined;
};

/** What the API is asked for. */
export function eventFilter({ last, type, from, to, ...fields }: Filters, now: Date): EventFilter {
  const since = last === undefined ? from : new Date(now.getTime() - periodSeconds[last] * 1000).toISOString();
  const named = type === undefined || type.startsWith("latchkey.") ? type : `latchkey.${type}`;
  // Not checked here: a newer API may have more types.
  return { ...fields, type: named, from: since, to } as EventFilter;
}

/** A moment as ISO 8601 in UTC; text that is none stays as it is. */
function momentOf(text: string | undefined): string | undefined {
  const moment = new Date(text ?? Number.NaN);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
}

/** A moment as an `<input type="datetime-local">` has it, in the reader's zone. @param at ISO 8601, or text that is none */
export function localTime(at: string | undefined): string {
  const moment = new Date(at ?? Number.NaN);
  if (Number.isNaN(moment.getTime())) return "";
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** The moment that an `<input type="datetime-local">` says, as ISO 8601 in UTC. */
export const utcOf = (local: string): string | undefined => momentOf(local || undefined);
