import type { Span } from "./period.ts";
import type { ReportedEvent, TrailItem } from "./trail-item.ts";

/** What an access request gave, as its events tell. */
export interface RequestHistory {
  readonly accessRequestId: string;
  /** The status after its last event. */
  readonly status: string;
  readonly subject: string;
  readonly requestedBy: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly instanceId?: string | undefined;
  /** What it covers, if it is not one instance. */
  readonly scope?: unknown;
  readonly osUser: string;
  readonly reason: string;
  readonly breakGlass: boolean;
  readonly approvedBy: readonly string[];
  readonly deniedBy: readonly string[];
  /** Who ended it, if somebody did. */
  readonly endedBy?: string | undefined;
  /** Undefined if it gave no access, as far as the events tell. */
  readonly access?: Span | undefined;
  /** ISO 8601: of its first event that is there, and of its last. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly missing: readonly string[];
}

/**
 * What became of an access request. Each event says what state it left, so a missing one hides little: who reviewed, or
 * when access began.
 */
export function historyOf({ id, events, missing }: TrailItem): RequestHistory {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new Error("An item has at least one event");
  const fact = (name: string) => events.findLast(({ data }) => data[name] !== undefined)?.data[name];
  const text = (name: string) => textOf(fact(name));
  const reviewers = (decision: string) => [
    ...new Set(events.filter(({ data }) => data["decision"] === decision).map(({ data }) => textOf(data["actor"]))),
  ];
  const status = text("status");
  const isEnded = endings.includes(status) && last.data["actor"] !== "latchkey";
  return {
    accessRequestId: id,
    status,
    subject: text("subject"),
    requestedBy: text("requestedBy"),
    ...optional("accountId", text("accountId")),
    ...optional("region", text("region")),
    ...optional("instanceId", text("instanceId")),
    ...(fact("scope") !== undefined && { scope: fact("scope") }),
    osUser: text("osUser"),
    reason: text("reason"),
    breakGlass: fact("breakGlass") === true,
    approvedBy: reviewers("approve"),
    deniedBy: reviewers("deny"),
    ...(isEnded && { endedBy: textOf(last.data["actor"]) }),
    access: accessIn(events),
    firstSeen: first.time,
    lastSeen: last.time,
    missing,
  };
}

const endings = ["denied", "cancelled", "revoked", "expired"];

function accessIn(events: readonly ReportedEvent[]): Span | undefined {
  let span: Span | undefined;
  for (const [index, { time, data }] of events.entries()) {
    const before = events[index - 1];
    const isNext = data.sequence === (before?.data.sequence ?? 0) + 1;
    const [status, expiresAt, startsAt] = [data["status"], momentOf(data["expiresAt"]), momentOf(data["startsAt"])];
    if (status === "active") {
      // An event that is missing may have started it.
      const isStart = isNext && before?.data["status"] !== "active";
      const from = isStart
        ? startOf({ time, startsAt, wasScheduled: before?.data["status"] === "scheduled" })
        : undefined;
      span = { from: span?.from ?? from, until: expiresAt ?? span?.until };
    } else if (typeof status === "string" && endings.includes(status)) {
      // Only access has an end; a scheduled request has one before it begins.
      const hadBegun = expiresAt !== undefined && (startsAt === undefined || startsAt < time);
      if (!span && !hadBegun) continue;
      const end = expiresAt ?? span?.until ?? time;
      span = { from: span?.from ?? startsAt, until: status === "expired" || time > end ? end : time };
    }
  }
  return span;
}

function startOf(start: {
  readonly time: string;
  readonly startsAt: string | undefined;
  readonly wasScheduled: boolean;
}) {
  return start.wasScheduled ? (start.startsAt ?? start.time) : start.time;
}

/** A moment of an event's data, as times of events are written. */
export function momentOf(value: unknown): string | undefined {
  const moment = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export const optional = <Name extends string>(name: Name, text: string) =>
  (text === "" ? {} : { [name]: text }) as Partial<Record<Name, string>>;
