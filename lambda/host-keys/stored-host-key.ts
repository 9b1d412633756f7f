import type { HostKey } from "../../contract/host-key.ts";
import { fingerprintOf } from "../../ssh-format/fingerprint.ts";

/** A host key as the table holds it. */
export interface StoredHostKey {
  /** `<type> <base64>`. */
  readonly key: string;
  readonly source: HostKey["source"];
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** How far a source is trusted: an operator's word further than a console's output, that further than a first sight. */
export const trustOf = { registered: "high", console: "medium", pinned: "low" } as const;

export function readHostKey({ key, source, observedAt }: StoredHostKey): HostKey {
  const [type = "", base64 = ""] = key.split(" ");
  return {
    type,
    key,
    fingerprint: fingerprintOf(Buffer.from(base64, "base64")),
    source,
    observedAt,
    trust: trustOf[source],
  };
}
