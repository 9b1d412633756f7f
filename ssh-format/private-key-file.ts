import { decodeBase64, encodeBase64 } from "./base64.ts";
import { latin1Of } from "./bytes.ts";
import { unlessCutShort, WireReader } from "./ssh-wire.ts";

const file = /^-----BEGIN OPENSSH PRIVATE KEY-----\n(?<base64>[\s\S]+?)\n-----END OPENSSH PRIVATE KEY-----\n/;
const magic = "openssh-key-v1\0";

/**
 * The public half of a private key in OpenSSH's own format (PROTOCOL.key), where it is in the clear even if the key has a passphrase.
 *
 * @returns `<algorithm> <base64>`; undefined for any other text.
 */
export function publicHalfOfOpenSsh(text: string): string | undefined {
  const base64 = file.exec(text)?.groups?.["base64"]?.replace(/\s/g, "");
  const bytes = base64 === undefined ? undefined : decodeBase64(base64);
  if (bytes === undefined || latin1Of(bytes.subarray(0, magic.length)) !== magic) return undefined;
  return unlessCutShort(() => {
    const reader = new WireReader(bytes.subarray(magic.length));
    for (let skipped = 0; skipped < 3; skipped += 1) reader.string(); // cipher, key derivation and its options
    if (reader.uint32() !== 1) return undefined; // the number of keys
    const blob = reader.string();
    return `${latin1Of(new WireReader(blob).string())} ${encodeBase64(blob)}`;
  });
}
