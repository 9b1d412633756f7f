import { generateKeyPairSync, randomBytes } from "node:crypto";

const ALGORITHM = "ssh-ed25519";

/** The key by which a client knows that it has reached the right instance. */
export interface HostKey {
  /** PEM in OpenSSH's own format, without a passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 <base64>`, as it stands in a `known_hosts` file after the host's name. */
  readonly publicKeyLine: string;
}

/**
 * Makes a fresh ed25519 host key.
 *
 * It is encoded here because Node.js cannot write OpenSSH's format, and ssh2 1.17's `generateKeyPairSync` cuts off a public
 * key's leading zero bytes: one key in 256 would be unusable.
 *
 * Format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function makeHostKey(): HostKey {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(String(jwk.x), "base64url");
  const seed = Buffer.from(String(jwk.d), "base64url");

  const publicBlob = Buffer.concat([field(ALGORITHM), field(publicKey)]);
  // Twice the same number: by it a reader knows that it has decrypted the rest correctly.
  const check = randomBytes(4);
  const secrets = Buffer.concat([
    check,
    check,
    publicBlob,
    field(Buffer.concat([seed, publicKey])),
    field(""), // comment
    Buffer.from([1, 2, 3, 4, 5]), // padding: 131 bytes so far, and a multiple of 8 is asked for
  ]);
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"), // cipher
    field("none"), // key derivation …
    field(""), // … and its options
    uint32(1), // one key
    field(publicBlob),
    field(secrets),
  ]);

  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    publicKeyLine: `${ALGORITHM} ${publicBlob.toString("base64")}`,
  };
}

/** A `string` of SSH's wire format: its length, then its bytes. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
