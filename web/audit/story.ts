import type { AuditEvent } from "../../sdk/types.ts";
import { showDuration } from "../ui/duration.ts";
import { type Facts, textIn } from "./event-parts.ts";

/** What a story is about: one of both. The instance, if it is known, shortens the search for a connection. */
export interface StoryOf {
  readonly accessRequestId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly instanceId?: string | undefined;
}

/** Everything that belongs together, oldest first. */
export interface Story {
  readonly steps: readonly StoryStep[];
  readonly head: StoryHead;
  /** What is not there, in words: `event 3 of the access request`. */
  readonly missing: readonly string[];
}

export interface StoryStep {
  readonly event: AuditEvent;
  /** Milliseconds since the step before. */
  readonly after?: number | undefined;
  /** What somebody wrote with it, and has not written before. */
  readonly said?: string | undefined;
  /** The policies that decided, unless the step before has them too. */
  readonly decided?: { readonly policies: readonly string[]; readonly digest?: string | undefined } | undefined;
}

/** What the story is about, as its last events say it. */
export interface StoryHead {
  readonly accessRequestId?: string | undefined;
  readonly subject?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly instance?:
    | { readonly instanceId: string; readonly accountId?: string; readonly region?: string }
    | undefined;
  /** `env=staging`, if it is about instances with tags. */
  readonly tags: readonly string[];
  readonly osUser?: string | undefined;
  readonly breakGlass: boolean;
  /** Seconds. */
  readonly asked?: number | undefined;
  readonly granted?: number | undefined;
  readonly status?: string | undefined;
  /** ISO 8601: when access began, when it is to end, and when it or its request has ended. */
  readonly beganAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly connections: number;
}

export function storyOf(events: readonly AuditEvent[]): Story {
  const sorted = oldestFirst(events);
  const said = new Set<string>();
  const steps = sorted.map((event, index): StoryStep => {
    const before = sorted[index - 1];
    const text = writtenIn(event, said);
    const decided = decisionIn(event.data);
    const isRepeated = before !== undefined && JSON.stringify(decisionIn(before.data)) === JSON.stringify(decided);
    return {
      event,
      after: before && Math.max(0, Date.parse(event.time) - Date.parse(before.time)),
      said: text,
      decided: isRepeated ? undefined : decided,
    };
  });
  return { steps, head: headOf(sorted), missing: missingIn(sorted) };
}

/** Those of one item by their numbers, even if its clocks differ. */
function oldestFirst(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const numbered = events.toSorted((one, other) => one.data.sequence - other.data.sequence);
  const latest = new Map<string, string>();
  const dated = numbered.map((event) => {
    const before = latest.get(event.subject) ?? "";
    const at = event.time > before ? event.time : before;
    latest.set(event.subject, at);
    return { event, at };
  });
  // Stable: what has the same time keeps the order of its numbers.
  return dated.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)).map(({ event }) => event);
}

/** What is written with a step. An item's reason is in all its events, and is shown with the first. */
function writtenIn({ subject, data }: AuditEvent, said: Set<string>): string | undefined {
  const own = textIn(data, "comment") ?? textIn(data, "extensionReason");
  const reason = textIn(data, "reason");
  const key = `${subject} ${reason}`;
  if (own !== undefined || reason === undefined || said.has(key)) return own;
  said.add(key);
  return reason;
}

function decisionIn({ policies, policyDigest }: AuditEvent["data"]): StoryStep["decided"] {
  return policies === undefined || policies.length === 0 ? undefined : { policies, digest: policyDigest };
}

function headOf(sorted: readonly AuditEvent[]): StoryHead {
  const ofRequest = sorted.filter(({ subject }) => subject.startsWith("access-requests/"));
  const told = ofRequest.length > 0 ? ofRequest : sorted;
  const fact = (name: string) => told.findLast(({ data }) => name in data)?.data[name as keyof AuditEvent["data"]];
  const facts: Facts = Object.fromEntries(headFields.map((name) => [name, fact(name)]));
  const instanceId = textIn(facts, "instanceId");
  const scope = facts["scope"] as { readonly tags?: unknown } | undefined;
  const [accountId, region] = [textIn(facts, "accountId"), textIn(facts, "region")];
  const number = (name: string) => (typeof facts[name] === "number" ? facts[name] : undefined);
  return {
    accessRequestId: textIn(facts, "accessRequestId"),
    subject: textIn(facts, "subject"),
    requestedBy: textIn(facts, "requestedBy"),
    instance: instanceId === undefined ? undefined : { instanceId, ...(accountId && region && { accountId, region }) },
    tags: Object.entries(scope?.tags ?? {}).map(([key, value]) => `${key}=${value}`),
    osUser: textIn(facts, "osUser"),
    breakGlass: facts["breakGlass"] === true,
    asked: number("durationSeconds"),
    granted: number("grantedSeconds"),
    status: ofRequest.length > 0 ? textIn(facts, "status") : undefined,
    ...periodOf(ofRequest),
    connections: new Set(sorted.map(({ subject }) => subject).filter((subject) => subject.startsWith("connections/")))
      .size,
  };
}

/** When access began and ends, by the events of its request. */
function periodOf(ofRequest: readonly AuditEvent[]): Pick<StoryHead, "beganAt" | "expiresAt" | "endedAt"> {
  const find = (...types: readonly string[]) =>
    ofRequest.find(({ type }) => types.some((each) => type === `latchkey.access-request.${each}`));
  const end = find("denied", "cancelled", "expired", "revoked");
  const expiresAt = textIn(ofRequest.findLast(({ data }) => "expiresAt" in data)?.data ?? {}, "expiresAt");
  // Its expiry is recorded later than it happens.
  const isExpiry = end?.type === "latchkey.access-request.expired";
  return { beganAt: find("activated")?.time, expiresAt, endedAt: (isExpiry ? expiresAt : undefined) ?? end?.time };
}

const headFields = [
  ...["accessRequestId", "subject", "requestedBy", "instanceId", "accountId", "region", "scope", "osUser"],
  ...["breakGlass", "durationSeconds", "grantedSeconds", "status"],
];

/** Every item's events are numbered from 1 without gaps. What is missing at the end no number tells. */
function missingIn(sorted: readonly AuditEvent[]): readonly string[] {
  const numbers = new Map<string, Set<number>>();
  for (const { subject, data } of sorted) {
    numbers.set(subject, (numbers.get(subject) ?? new Set()).add(data.sequence));
  }
  // What `latchkey.unreadable` stands for has no number.
  return [...numbers]
    .filter(([subject]) => /^(?:access-requests|connections)\//.test(subject))
    .flatMap(([subject, there]) => {
      const gaps = Array.from({ length: Math.max(...there) }, (_, index) => index + 1).filter((n) => !there.has(n));
      return gaps.length === 0 ? [] : `${gaps.join(", ")} of ${subject}`;
    });
}

/** The time since the step before: `140 ms later`. @param milliseconds not negative */
export function gapWords(milliseconds: number): string {
  if (milliseconds === 0) return "at the same time";
  return `${milliseconds < 1000 ? `${milliseconds} ms` : showDuration(Math.round(milliseconds / 1000))} later`;
}

/** The story that an event belongs to. Undefined if it is one of its own. */
export function storyOfEvent({ subject, data: { accessRequestId, instanceId } }: AuditEvent): StoryOf | undefined {
  if (accessRequestId !== undefined) return { accessRequestId };
  const [, connectionId] = /^connections\/(.+)$/.exec(subject) ?? [];
  return connectionId === undefined ? undefined : { connectionId, instanceId };
}
