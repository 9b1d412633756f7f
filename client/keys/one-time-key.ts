import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { encodeBase64 } from "../../ssh-format/base64.ts";
import { concatBytes } from "../../ssh-format/bytes.ts";
import { sshString, uint32 } from "../../ssh-format/ssh-wire.ts";

const algorithm = "ssh-ed25519";

/** A key pair for one connection. The private key leaves this process only through `privateKeyFile`. */
export interface OneTimeKey {
  /** `ssh-ed25519 <base64>`. */
  readonly publicKey: string;
  /** The public key in SSH's wire format (RFC 8709 §4). */
  readonly blob: Uint8Array;
  /** @returns the 64 bytes of an Ed25519 signature (RFC 8032). */
  sign(data: Uint8Array): Uint8Array;
  /** The text of a private key file, as ssh-keygen writes it. */
  privateKeyFile(): string;
}

export function makeOneTimeKey(): OneTimeKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const blob = concatBytes(sshString(algorithm), sshString(rawPart(publicKey, "x")));
  return {
    publicKey: `${algorithm} ${encodeBase64(blob)}`,
    blob,
    sign: (data) => sign(null, data, privateKey),
    privateKeyFile: () => privateKeyText(blob, privateKey),
  };
}

/** The bytes of the public key (`x`) or the seed (`d`): RFC 8037 §2. */
function rawPart(key: KeyObject, name: "x" | "d"): Uint8Array {
  return Buffer.from(key.export({ format: "jwk" })[name] ?? "", "base64url");
}

/** The format of OpenSSH's PROTOCOL.key, without a passphrase: OpenSSH before 9.6 does not read PKCS #8. */
function privateKeyText(blob: Uint8Array, privateKey: KeyObject): string {
  const check = randomBytes(4);
  const publicPart = rawPart(privateKey, "x");
  const secret = concatBytes(
    check,
    check,
    blob, // the secret part of an Ed25519 key starts with it too
    sshString(concatBytes(rawPart(privateKey, "d"), publicPart)),
    sshString(""), // comment
  );
  const blockSize = 8; // of the cipher `none`
  const padding = Uint8Array.from({ length: -secret.length & (blockSize - 1) }, (_, index) => index + 1);
  const file = concatBytes(
    new TextEncoder().encode("openssh-key-v1\0"),
    ...["none", "none", ""].map(sshString), // cipher, key derivation and its options
    uint32(1), // the number of keys
    sshString(blob),
    sshString(concatBytes(secret, padding)),
  );
  const lines = encodeBase64(file).match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}
