import type { StoredHostKey } from "./stored-host-key.ts";

/**
 * Replaces all registered keys by an operator's; keys of other sources stay as they are.
 *
 * @param keys each once. None removes every registered key.
 * @returns undefined if exactly these are registered already.
 */
export function registration(
  known: readonly StoredHostKey[],
  keys: readonly string[],
  at: Date,
): readonly StoredHostKey[] | undefined {
  const before = known.filter(({ source }) => source === "registered");
  const others = known.filter(({ source }) => source !== "registered");
  const next = keys.map(
    // A key that stays keeps its time.
    (key) =>
      before.find((each) => each.key === key) ?? { key, source: "registered" as const, observedAt: at.toISOString() },
  );
  const isTheSame = next.length === before.length && next.every((each) => before.includes(each));
  return isTheSame ? undefined : [...next, ...others];
}
