import type { HostKey } from "../../contract/host-key.ts";
import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";

/** A host key as the table stores it. */
export interface StoredHostKey {
  /** `<type> <base64>`. */
  readonly key: string;
  readonly source: HostKey["source"];
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** How far each source is trusted: a registered key most, then one from a console, then one accepted at first use. */
export const trustOf = { registered: "high", console: "medium", pinned: "low" } as const;

export function readHostKey({ key, source, observedAt }: StoredHostKey): HostKey {
  const [type = ""] = key.split(" ");
  const fingerprint = fingerprintOfLine(key);
  if (fingerprint === undefined) throw new Error("A stored host key is not valid base64");
  return { type, key, fingerprint, source, observedAt, trust: trustOf[source] };
}
