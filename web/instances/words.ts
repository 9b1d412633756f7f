import type { ConnectionOption, Instance } from "../../sdk/types.ts";
import type { Tone } from "../ui/tone.ts";

/** The colour of a state of EC2. */
export function stateTone(state: string): Tone {
  if (state === "running") return "good";
  if (["pending", "stopping", "shutting-down"].includes(state)) return "waiting";
  return "neutral";
}

/** A connection type in words. */
export function typeWords(connectionType: string): string {
  const words: Readonly<Record<string, string>> = {
    auto: "automatic",
    direct: "direct",
    eice: "Instance Connect Endpoint",
    serial: "serial console",
  };
  return (Object.hasOwn(words, connectionType) && words[connectionType]) || connectionType;
}

/** How an instance can be reached, in a list: `direct, endpoint`. Undefined: not at all. */
export function reachedBy({
  state,
  connectionOptions,
}: Pick<Instance, "state" | "connectionOptions">): string | undefined {
  const usable = connectionOptions.filter((option) => option.usable).map(shortType);
  return state === "running" && usable.length > 0 ? usable.join(", ") : undefined;
}

const shortType = ({ connectionType }: ConnectionOption) => (connectionType === "eice" ? "endpoint" : connectionType);

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
