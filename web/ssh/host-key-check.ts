import { encodeBase64 } from "../../ssh-format/base64.ts";
import { latin1Of } from "../../ssh-format/bytes.ts";
import { fingerprintOf } from "../../ssh-format/fingerprint.ts";
import { readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { unlessCutShort, WireReader } from "../../ssh-format/ssh-wire.ts";

/** The key that a host showed. */
export interface OfferedHostKey {
  /** `<type> <base64>` */
  readonly line: string;
  /** Such as `ssh-ed25519`. It is the host's text unless the key is valid. */
  readonly type: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/**
 * `known`: one of those to accept. `new`: none is known, so a person must decide. `changed`: others are known, so nobody may
 * accept it. `invalid`: malformed or weak, even if it is known.
 */
export type HostKeyVerdict = "known" | "new" | "changed" | "invalid";

export function readOfferedKey(blob: Uint8Array): OfferedHostKey {
  const type = unlessCutShort(() => latin1Of(new WireReader(blob).string())) ?? "";
  return { line: `${type} ${encodeBase64(blob)}`, type, fingerprint: fingerprintOf(blob) };
}

/**
 * Compares type and key, byte for byte: base64 has one canonical form, and only that is in a known line.
 *
 * @param known `<type> <base64>` of each key that Latchkey vouches for, or that the person accepted before.
 */
export function checkHostKey({ line }: OfferedHostKey, known: readonly string[]): HostKeyVerdict {
  const read = readHostKeyLine(line);
  if ("refusal" in read || read.key !== line) return "invalid";
  if (known.includes(line)) return "known";
  return known.length === 0 ? "new" : "changed";
}
