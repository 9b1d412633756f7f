import type { StoredHostKey } from "./stored-host-key.ts";

/**
 * Puts an operator's keys in the place of all that were registered before; what other sources know stays as it is.
 *
 * @param keys each once. None: what was registered is forgotten.
 * @returns undefined where exactly these are registered already: there is nothing to change.
 */
export function registration(
  known: readonly StoredHostKey[],
  keys: readonly string[],
  at: Date,
): readonly StoredHostKey[] | undefined {
  const before = known.filter(({ source }) => source === "registered");
  const others = known.filter(({ source }) => source !== "registered");
  const next = keys.map(
    // One that stays keeps the time at which it was learnt.
    (key) =>
      before.find((each) => each.key === key) ?? { key, source: "registered" as const, observedAt: at.toISOString() },
  );
  const isTheSame = next.length === before.length && next.every((each) => before.includes(each));
  return isTheSame ? undefined : [...next, ...others];
}
