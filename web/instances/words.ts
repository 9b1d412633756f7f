import type { ConnectionOption, Instance } from "../../sdk/types.ts";
import type { Tone } from "../ui/tone.ts";

/** The colour of a state of EC2. */
export function stateTone(state: string): Tone {
  if (state === "running") return "good";
  if (["pending", "stopping", "shutting-down"].includes(state)) return "waiting";
  return "neutral";
}

/** A word for a word; what is new to the console stays as it is. */
const among =
  (words: Readonly<Record<string, string>>) =>
  (word: string): string =>
    (Object.hasOwn(words, word) && words[word]) || word;

/** A connection type in words. */
export const typeWords = among({ auto: "automatic", eice: "endpoint", serial: "serial console" });

/** How an instance can be reached, in a list: `direct, endpoint`. Undefined: not at all. */
export function reachedBy({
  state,
  connectionOptions,
}: Pick<Instance, "state" | "connectionOptions">): string | undefined {
  const usable = connectionOptions
    .filter((option) => option.usable)
    .map(({ connectionType }) => typeWords(connectionType));
  return state === "running" && usable.length > 0 ? usable.join(", ") : undefined;
}

/** Whether a way to an instance can be used, in words: a way to one that is stopped leads nowhere yet. */
export function usableWords(state: string, { usable }: Pick<ConnectionOption, "usable">) {
  if (!usable) return { tone: "neutral", words: "not usable" } as const;
  return state === "running"
    ? ({ tone: "good", words: "usable" } as const)
    : ({ tone: "neutral", words: "usable once it runs" } as const);
}

/** Tags that a list has room for: what they say of an instance, before what tools have noted on it. */
const telling = ["env", "environment", "stage", "team", "owner", "role", "app", "application", "service", "project"];

/** @param shown keys that the reader knows the value of */
export function tellingTags(tags: Instance["tags"], shown: Readonly<Record<string, string>>, most: number) {
  const rank = ([key]: readonly [string, string]) => telling.indexOf(key.toLowerCase()) + 1 || telling.length + 1;
  return Object.entries(tags)
    .filter(([key]) => key !== "Name" && !/^(?:aws|latchkey):/.test(key) && !Object.hasOwn(shown, key))
    .toSorted((one, other) => rank(one) - rank(other) || (one[0] < other[0] ? -1 : 1))
    .slice(0, most);
}

/** Seconds after which a list says of an instance when it was seen: several times what a sync takes. */
const noteworthyAge = 900;

/** Whether an entry of a list is so old that much may have changed. */
export const isOld = ({ observedAt }: Pick<Instance, "observedAt">, now: Date) =>
  observedAt !== undefined && (now.getTime() - new Date(observedAt).getTime()) / 1000 > noteworthyAge;

/** When the instance was last seen that was seen longest ago: ISO 8601. */
export function oldestSight(chunks: readonly (readonly Instance[])[]): string | undefined {
  const times = chunks.flatMap((items) => items.flatMap(({ observedAt }) => observedAt ?? []));
  return times.length === 0 ? undefined : times.reduce((one, other) => (one < other ? one : other));
}

/** Where a host key comes from. */
export const sourceWords = among({
  registered: "registered by an operator",
  console: "read from the instance's console",
  pinned: "pinned at first use",
});

const toneOf = (tones: Readonly<Record<string, Tone>>, word: string): Tone =>
  (Object.hasOwn(tones, word) && tones[word]) || "neutral";

export const trustTone = (trust: string) => toneOf({ high: "good", medium: "waiting", low: "bad" }, trust);

export const checkTone = (result: string) => toneOf({ pass: "good", fail: "bad", unknown: "waiting" }, result);

type Check = NonNullable<ConnectionOption["checks"]>[number];

/** Those that say what to change come first. */
export function sortedChecks(checks: readonly Check[]): readonly Check[] {
  const rank = ({ result }: Check) => ["fail", "unknown"].indexOf(result) + 1 || 3;
  return checks.toSorted((one, other) => rank(one) - rank(other));
}
