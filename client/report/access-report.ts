import { historyOf, momentOf, optional, type RequestHistory, textOf } from "./granted-access.ts";
import { isIn, overlaps, type Period } from "./period.ts";
import { grouped, itemsOf, type ReportedEvent, type TrailItem } from "./trail-item.ts";

/** Access that somebody had in the period by an access request, and what they did with it. */
export interface ReportedAccess extends RequestHistory {
  /** Connections in the period. */
  readonly connections: number;
  /** Instances that they were made to. */
  readonly instanceIds: readonly string[];
  readonly lastUsedAt?: string | undefined;
  /** `earlier`: before the period. `unknown`: events are missing, or the outcome of a push. */
  readonly use: "used" | "earlier" | "never" | "unknown";
}

/** Connections that policy permitted without an access request. */
export interface StandingAccess {
  readonly subject: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly instanceId: string;
  readonly osUser: string;
  readonly connections: number;
  readonly firstUsedAt: string;
  readonly lastUsedAt: string;
  readonly policies: readonly string[];
}

/** Connections that were refused. Those to instances that the caller could not see count together. */
export interface ReportedDenial {
  readonly subject: string;
  readonly instanceIds: readonly string[];
  readonly osUser: string;
  readonly code: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** A time in which a caller could do nothing. Without `from` or `until`, that event is missing or has not come. */
export interface ReportedSuspension {
  readonly subject: string;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly suspendedBy: string;
  readonly restoredBy: string;
  readonly reason: string;
}

export interface AccessReport {
  readonly period: Period;
  /** The first and the last event of the input. */
  readonly input: { readonly events: number; readonly from?: string | undefined; readonly to?: string | undefined };
  /** What the input lacks, in words. Empty: nothing that can be told. */
  readonly missing: readonly string[];
  readonly access: readonly ReportedAccess[];
  /** Requests of the period that gave no access in it. */
  readonly withoutAccess: readonly RequestHistory[];
  readonly standing: readonly StandingAccess[];
  readonly denials: readonly ReportedDenial[];
  readonly suspensions: readonly ReportedSuspension[];
}

/** Milliseconds after which an outcome or an end has been recorded: both take minutes at most. */
const settling = 10 * 60_000;

/**
 * Who had access in a period, and who used it.
 *
 * @param events of the period, and of the time before it in which access may have started; in any order.
 * @throws Failure `invalid` if they are not one trail
 */
export function accessReport(events: readonly ReportedEvent[], period: Period): AccessReport {
  const isReadable = ({ type, data }: ReportedEvent) => type !== "latchkey.unreadable" && data.sequence > 0;
  const readable = events.filter(isReadable);
  const items = itemsOf(readable);
  const of = (collection: string) => items.filter((item) => item.collection === collection);
  const times = events.map(({ time }) => time).sort();
  const [first, last] = [times[0], times.at(-1)];
  const pushes = of("connections").flatMap(pushesOf);
  const histories = of("access-requests").map(historyOf);
  const had = histories.filter(({ access }) => access && overlaps(access, period));
  const isOfPeriod = ({ firstSeen, lastSeen }: RequestHistory) => firstSeen < period.to && lastSeen >= period.from;
  const isReported = ({ collection, id, events: own }: TrailItem) =>
    collection !== "instances" &&
    (had.some(({ accessRequestId }) => accessRequestId === id) ||
      ((own[0]?.time ?? "") < period.to && (own.at(-1)?.time ?? "") >= period.from));
  const missing = [
    ...limitsOf(events.length, first, period),
    ...(readable.length < events.length ? [`${events.length - readable.length} events are unreadable`] : []),
    ...items.filter(isReported).flatMap((item) => gapsOf(item, last ?? "")),
  ];
  return {
    period,
    input: { events: events.length, from: first, to: last },
    missing,
    access: had.map((history) => ({ ...history, ...usesOf(history, pushes, period) })).sort(bySubject),
    withoutAccess: histories.filter((one) => !had.includes(one) && !one.access && isOfPeriod(one)).sort(bySubject),
    standing: standingOf(pushes.filter(({ at }) => isIn(at, period))),
    denials: denialsOf(of("denials"), period),
    suspensions: of("callers")
      .flatMap(suspensionsOf)
      .filter(({ from, until }) => overlaps({ from, until }, period))
      .sort(bySubject),
  };
}

/** A push of a key, or one whose outcome is not known. */
interface Push {
  readonly data: ReportedEvent["data"];
  readonly at: string;
  readonly isCertain: boolean;
}

function pushesOf({ events }: TrailItem): Push[] {
  return events.flatMap(({ type, time, data }, index) => {
    const isCertain = type === "latchkey.connection.pushed";
    // The next number is the outcome of an intent.
    const isOpen = type === "latchkey.connection.intended" && events[index + 1]?.data.sequence !== data.sequence + 1;
    const isUnknown = type === "latchkey.connection.failed" && data["outcome"] === "unknown";
    return isCertain || isOpen || isUnknown ? [{ data, at: time, isCertain }] : [];
  });
}

function usesOf({ accessRequestId, missing }: RequestHistory, pushes: readonly Push[], period: Period) {
  const own = pushes.filter(({ data, at }) => data["accessRequestId"] === accessRequestId && at < period.to);
  const certain = own.filter(({ isCertain }) => isCertain);
  const inPeriod = certain.filter(({ at }) => isIn(at, period));
  const isUnsure = missing.length > 0 || own.length > certain.length;
  const unused = isUnsure ? "unknown" : certain.length > 0 ? "earlier" : "never";
  return {
    connections: inPeriod.length,
    instanceIds: sorted(inPeriod.map(({ data }) => textOf(data["instanceId"]))),
    lastUsedAt: sorted(inPeriod.map(({ at }) => at)).at(-1),
    use: inPeriod.length > 0 ? ("used" as const) : unused,
  } as const;
}

function standingOf(pushes: readonly Push[]): StandingAccess[] {
  const without = pushes.filter(({ data, isCertain }) => isCertain && data["accessRequestId"] === undefined);
  const keyOf = ({ data }: Push) =>
    JSON.stringify(["subject", "accountId", "region", "instanceId", "osUser"].map((name) => data[name]));
  return [...grouped(without, keyOf).values()]
    .map((group) => {
      const data: ReportedEvent["data"] = group[0]?.data ?? { sequence: 0 };
      const times = sorted(group.map(({ at }) => at));
      return {
        subject: textOf(data["subject"]),
        ...optional("accountId", textOf(data["accountId"])),
        ...optional("region", textOf(data["region"])),
        instanceId: textOf(data["instanceId"]),
        osUser: textOf(data["osUser"]),
        connections: group.length,
        firstUsedAt: times[0] ?? "",
        lastUsedAt: times.at(-1) ?? "",
        policies: sorted(
          group.flatMap(({ data: { policies } }) => (Array.isArray(policies) ? policies.map(String) : [])),
        ),
      };
    })
    .sort(bySubject);
}

function denialsOf(items: readonly TrailItem[], period: Period): ReportedDenial[] {
  const denials = items.flatMap(denialIn).filter(({ firstAt }) => isIn(firstAt, period));
  const keyOf = ({ subject, instanceIds, osUser, code }: ReportedDenial) =>
    JSON.stringify([subject, instanceIds, osUser, code]);
  return [...grouped(denials, keyOf).values()]
    .flatMap(([one, ...more]) => {
      if (!one) return [];
      const times = sorted([one, ...more].map(({ firstAt }) => firstAt));
      const count = more.reduce((sum, other) => sum + other.count, one.count);
      return [{ ...one, count, firstAt: times[0] ?? one.firstAt, lastAt: times.at(-1) ?? one.lastAt }];
    })
    .sort(bySubject);
}

/** The denials of a minute. The events that close it have the count of all. */
function denialIn({ events }: TrailItem): ReportedDenial[] {
  const [first] = events;
  if (!first) return [];
  const at = momentOf(first.data["minute"]) ?? first.time;
  const counts = events.map(({ data: { count } }) => (typeof count === "number" ? count : 1));
  return [
    {
      subject: textOf(first.data["actor"]),
      instanceIds: sorted(events.map(({ data }) => textOf(data["instanceId"]))),
      osUser: textOf(first.data["osUser"]),
      code: textOf(first.data["code"]),
      count: Math.max(...counts),
      firstAt: at,
      lastAt: at,
    },
  ];
}

function suspensionsOf({ events }: TrailItem): ReportedSuspension[] {
  return events.flatMap(({ type, time, data }, index): ReportedSuspension[] => {
    const [before, next] = [events[index - 1], events[index + 1]];
    const subject = textOf(data["subject"]);
    if (type === "latchkey.caller.suspended") {
      const restored = next?.type === "latchkey.caller.restored" ? next : undefined;
      const reason = textOf(data["reason"]);
      const restoredBy = textOf(restored?.data["actor"]);
      return [{ subject, from: time, until: restored?.time, suspendedBy: textOf(data["actor"]), restoredBy, reason }];
    }
    if (type !== "latchkey.caller.restored" || before?.type === "latchkey.caller.suspended") return [];
    return [{ subject, until: time, suspendedBy: "", restoredBy: textOf(data["actor"]), reason: "" }];
  });
}

/** What the input lacks at its ends. */
function limitsOf(count: number, first: string | undefined, period: Period): string[] {
  if (count === 0 || first === undefined) return ["the input has no events"];
  if (first <= period.from) return [];
  return [`the first event is of ${first}: access that began before it and has no event since is not seen`];
}

/** What an item lacks. @param last the time of the input's last event */
function gapsOf({ collection, id, events, missing }: TrailItem, last: string): string[] {
  const settled = new Date(Date.parse(last) - settling).toISOString();
  const end = openEnd(events.at(-1));
  return [
    ...(missing.length > 0 ? [`${collection}/${id}: events ${missing.join(", ")} are missing`] : []),
    ...(end !== undefined && end < settled ? [`${collection}/${id}: the event of its end is missing`] : []),
  ];
}

/** When the next event of an item should come, if its last one is not its end. */
function openEnd(event: ReportedEvent | undefined): string | undefined {
  if (event?.type === "latchkey.connection.intended") return event.time;
  return event?.data["status"] === "active" ? momentOf(event.data["expiresAt"]) : undefined;
}

const sorted = (texts: readonly string[]) => [...new Set(texts)].filter((text) => text !== "").sort();

function bySubject(one: { readonly subject: string }, other: { readonly subject: string }): number {
  return one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0;
}
