import type { HostKey } from "../../contract/host-key.ts";
import type { TrustLevel } from "../policy/host-key-trust.ts";
import { readHostKey, type StoredHostKey, trustOf } from "./stored-host-key.ts";

/** From the most trusted source to the least. */
const sources = ["registered", "console", "pinned"] as const satisfies readonly StoredHostKey["source"][];

/**
 * The host keys that count: those of the most trusted source that has any. If an operator has registered keys, no others are
 * accepted, even if a console shows others.
 */
export function acceptedHostKeys(known: readonly StoredHostKey[]): readonly StoredHostKey[] {
  const best = sources.find((source) => known.some((each) => each.source === source));
  return known.filter(({ source }) => source === best);
}

/** From the least. */
const levels = [
  [1, "low"],
  [2, "medium"],
  [3, "high"],
] as const;

/** The trust in the least trusted of the host keys that a client would accept. */
export function leastTrust(accepted: readonly StoredHostKey[]): TrustLevel {
  const least = levels.find(([, trust]) => accepted.some(({ source }) => trustOf[source] === trust));
  return least?.[0] ?? 0;
}

/** The host keys to accept, as the API returns them. */
export function hostKeysResponse(known: readonly StoredHostKey[]): HostKey[] {
  return acceptedHostKeys(known).map(readHostKey);
}
