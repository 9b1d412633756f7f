import type { EventType } from "../../contract/audit-event.ts";
import type { AuditEvent } from "../../sdk/types.ts";
import type { Tone } from "../ui/tone.ts";
import {
  code,
  countIn,
  type Facts,
  given,
  moment,
  type Part,
  person,
  recordIn,
  seconds,
  textIn,
} from "./event-parts.ts";

/** What happened: `actor` begins the sentence, or it happened by itself. */
export interface Sentence {
  readonly actor?: string;
  readonly parts: readonly Part[];
}

export interface Outcome {
  readonly word: string;
  readonly tone: Tone;
}

interface Words {
  /** For those who choose a type. */
  readonly title: string;
  /** Follows the actor's name. */
  readonly did?: (facts: Facts) => readonly Part[];
  /** A sentence of its own, where it matters little who did it. */
  readonly happened?: (facts: Facts) => readonly Part[];
  readonly outcome: Outcome | ((facts: Facts) => Outcome);
}

const good = (word: string): Outcome => ({ word, tone: "good" });
const bad = (word: string): Outcome => ({ word, tone: "bad" });
const waiting = (word: string): Outcome => ({ word, tone: "waiting" });
const neutral = (word: string): Outcome => ({ word, tone: "neutral" });

const words: Readonly<Record<EventType, Words>> = {
  "access-request.created": {
    title: "Access requested",
    did: (facts) => [
      "asked for access",
      ...given(" for ", seconds(facts, "durationSeconds")),
      ...given(" as ", code(facts, "osUser")),
      ...(facts["subject"] === facts["actor"] ? [] : given(", to be used by ", person(facts, "subject"))),
      ...given(", from ", moment(facts, "startsAt")),
      ...(facts["breakGlass"] === true ? [", by break-glass"] : []),
    ],
    outcome: (facts) =>
      facts["status"] === "pending" ? waiting("pending") : neutral(textIn(facts, "status") ?? "asked"),
  },
  "access-request.scheduled": {
    title: "Access scheduled",
    happened: (facts) => ["access was scheduled", ...given(" for ", moment(facts, "startsAt"))],
    outcome: waiting("scheduled"),
  },
  "access-request.activated": {
    title: "Access began",
    happened: (facts) => [
      "access began",
      ...given(" as ", code(facts, "osUser")),
      ...given(", until ", moment(facts, "expiresAt")),
    ],
    outcome: good("active"),
  },
  "access-request.denied": {
    title: "Access denied",
    happened: () => ["the request was denied"],
    outcome: bad("denied"),
  },
  "access-request.cancelled": {
    title: "Request cancelled",
    did: () => ["cancelled the request"],
    outcome: neutral("cancelled"),
  },
  "access-request.expired": {
    title: "Access or request expired",
    happened: (facts) => [
      facts["expiresAt"] === undefined ? "the request expired without a decision" : "access expired",
    ],
    outcome: neutral("expired"),
  },
  "access-request.revoked": {
    title: "Access revoked",
    did: () => ["revoked the access"],
    outcome: bad("revoked"),
  },
  "access-request.extension-requested": {
    title: "Extension requested",
    did: (facts) => ["asked for more time", ...given(": ", seconds(recordIn(facts, "extension"), "durationSeconds"))],
    outcome: (facts) => (recordIn(facts, "extension")["status"] === "pending" ? waiting("pending") : neutral("asked")),
  },
  "access-request.extended": {
    title: "Access extended",
    happened: (facts) => ["access was extended", ...given(" until ", moment(facts, "expiresAt"))],
    outcome: good("extended"),
  },
  "access-request.extension-denied": {
    title: "Extension denied",
    happened: () => ["the extension was denied"],
    outcome: bad("denied"),
  },
  "access-request.extension-cancelled": {
    title: "Extension cancelled",
    did: () => ["cancelled the extension"],
    outcome: neutral("cancelled"),
  },
  "access-request.extension-expired": {
    title: "Extension expired",
    happened: () => ["the extension expired without a decision"],
    outcome: neutral("expired"),
  },
  "caller.suspended": {
    title: "Caller suspended",
    did: (facts) => ["suspended", ...given(" ", person(facts, "subject"))],
    outcome: bad("suspended"),
  },
  "caller.restored": {
    title: "Caller restored",
    did: (facts) => ["restored", ...given(" ", person(facts, "subject"))],
    outcome: good("restored"),
  },
  "chat.linked": {
    title: "Chat linked",
    did: (facts) => ["linked the chat user", ...given(" ", code(facts, "chatUser"))],
    outcome: good("linked"),
  },
  "chat.unlinked": {
    title: "Chat unlinked",
    happened: (facts) => [
      "the chat user",
      ...given(" ", code(facts, "chatUser")),
      ...given(" is no longer linked to ", person(facts, "subject")),
    ],
    outcome: neutral("unlinked"),
  },
  "review.submitted": {
    title: "Review",
    did: (facts) => [
      facts["decision"] === "approve" ? "approved" : facts["decision"] === "deny" ? "denied" : "reviewed",
      ...given(", for ", seconds(facts, "approvedSeconds"), " at most"),
    ],
    outcome: ({ decision }) =>
      decision === "approve" ? good("approved") : decision === "deny" ? bad("denied") : neutral("reviewed"),
  },
  "break-glass.used": {
    title: "Break-glass used",
    did: (facts) => ["used break-glass", ...given(", until ", moment(facts, "expiresAt"))],
    outcome: bad("break-glass"),
  },
  "connection.intended": {
    title: "Connection authorized",
    did: (facts) => ["was authorized to connect", ...targetIn(facts)],
    outcome: neutral("authorized"),
  },
  "connection.pushed": {
    title: "Key pushed",
    did: (facts) => [
      "pushed a key",
      ...given(" for ", code(facts, "osUser")),
      ...given(", valid until ", moment(facts, "expiresAt")),
    ],
    outcome: good("pushed"),
  },
  "connection.failed": {
    title: "Push failed",
    happened: (facts) =>
      facts["outcome"] === "unknown"
        ? ["whether a key was pushed is unknown"]
        : ["the push failed", ...given(": ", code(facts, "code"))],
    outcome: (facts) => bad(facts["outcome"] === "unknown" ? "unknown" : "failed"),
  },
  "connection.denied": {
    title: "Connection denied",
    did: (facts) => [
      "was denied a connection",
      ...given(" as ", code(facts, "osUser")),
      ...given(": ", code(facts, "code")),
      ...(typeof facts["count"] === "number" ? [`, ${facts["count"]} times within a minute`] : []),
    ],
    outcome: bad("denied"),
  },
  "host-keys.registered": {
    title: "Host keys registered",
    did: (facts) => {
      const count = countIn(facts, "hostKeyFingerprints");
      return [count === 0 ? "removed the registered host keys" : `registered ${keys(count)}`];
    },
    outcome: (facts) => (countIn(facts, "hostKeyFingerprints") === 0 ? neutral("removed") : good("registered")),
  },
  "host-keys.captured": {
    title: "Host keys captured",
    happened: (facts) => [`${keys(countIn(facts, "hostKeyFingerprints"))} read from the instance's console`],
    outcome: neutral("captured"),
  },
};

/** The types that this console knows, with their titles. */
export const knownTypes: readonly (readonly [type: string, title: string])[] = Object.entries(words).map(
  ([name, { title }]) => [`latchkey.${name}`, title],
);

/** What happened. Of a type of later versions, its own text. */
export function sentenceOf({ type, data }: AuditEvent): Sentence {
  const { did, happened } = wordsOf(type) ?? {};
  if (did) return { actor: data.actor, parts: did(data) };
  if (happened) return { parts: happened(data) };
  return type === "latchkey.unreadable"
    ? { parts: ["an event that the API cannot read"] }
    : { actor: data.actor, parts: [{ code: type }] };
}

/** What came of it, in a word. */
export function outcomeOf({ type, data }: AuditEvent): Outcome {
  const { outcome } = wordsOf(type) ?? {};
  if (outcome === undefined) return type === "latchkey.unreadable" ? bad("unreadable") : neutral("other");
  return typeof outcome === "function" ? outcome(data) : outcome;
}

function wordsOf(type: string): Words | undefined {
  const name = type.replace(/^latchkey\./, "");
  return Object.hasOwn(words, name) ? words[name as EventType] : undefined;
}

/** The parts as a sentence without its actor: `Asked for access`. */
export function capitalized([first, ...rest]: readonly Part[]): readonly Part[] {
  if (typeof first !== "string") return first === undefined ? rest : [first, ...rest];
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest];
}

/** How one connects. */
function targetIn(facts: Facts): readonly Part[] {
  const type = textIn(facts, "connectionType");
  const way = type === undefined ? [] : Object.hasOwn(ways, type) ? [ways[type] ?? ""] : [", ", { code: type }];
  const to = type === "serial" ? [] : given(" to ", code(facts, "address"));
  return [...given(" as ", code(facts, "osUser")), ...way, ...to];
}

const ways: Readonly<Record<string, string>> = {
  direct: ", directly",
  eice: ", through an endpoint",
  serial: ", to the serial console",
};

const keys = (count: number) => `${count} host key${count === 1 ? "" : "s"}`;
