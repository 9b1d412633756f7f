import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { sshString, uint32 } from "./ssh-wire.ts";

const algorithm = "ssh-ed25519";

/** A key pair for one connection. Its private half leaves this process only where `privateKeyFile` is asked for. */
export interface OneTimeKey {
  /** `ssh-ed25519 <base64>`. */
  readonly publicKey: string;
  /** The public key in SSH's wire format (RFC 8709 §4). */
  readonly blob: Buffer;
  /** @returns the 64 bytes of an ed25519 signature (RFC 8032). */
  sign(data: Buffer): Buffer;
  /** The text of a private key file, as ssh-keygen writes it. */
  privateKeyFile(): string;
}

export function makeOneTimeKey(): OneTimeKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const blob = Buffer.concat([sshString(algorithm), sshString(rawPart(publicKey, "x"))]);
  return {
    publicKey: `${algorithm} ${blob.toString("base64")}`,
    blob,
    sign: (data) => sign(null, data, privateKey),
    privateKeyFile: () => privateKeyText(blob, privateKey),
  };
}

/** The bytes of one half: `x` is the public one, `d` the seed (RFC 8037 §2). */
function rawPart(key: KeyObject, name: "x" | "d"): Buffer {
  return Buffer.from(key.export({ format: "jwk" })[name] ?? "", "base64url");
}

/** The format of OpenSSH's PROTOCOL.key, without a passphrase: PKCS #8 is read by OpenSSH 9.6 and later only. */
function privateKeyText(blob: Buffer, privateKey: KeyObject): string {
  const check = randomBytes(4);
  const publicPart = rawPart(privateKey, "x");
  const secret = Buffer.concat([
    check,
    check,
    blob, // of an ed25519 key, it is how the secret part begins too
    sshString(Buffer.concat([rawPart(privateKey, "d"), publicPart])),
    sshString(""), // comment
  ]);
  const blockSize = 8; // of the cipher `none`
  const padding = Buffer.from(Array.from({ length: -secret.length & (blockSize - 1) }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(sshString), // cipher, key derivation and its options
    uint32(1), // one key
    sshString(blob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}
