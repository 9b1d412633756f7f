import ssh2 from "ssh2";
import type { ActiveKeys } from "./active-keys.ts";

/** One attempt of a client to log in: as much of ssh2's `AuthContext` as the decision takes. */
export interface LoginAttempt {
  readonly method: string;
  readonly username: string;
  /** In SSH's wire format. */
  readonly key?: { readonly data: Buffer };
  /** Left out where the client only asks whether a signature by this key would be of use. */
  readonly signature?: Buffer;
  /** What has been signed. */
  readonly blob?: Buffer;
  /** `sha256` or `sha512` under rsa-sha2-256 or -512. Left out for ed25519, and for RSA with SHA-1. */
  readonly hashAlgo?: string;
}

/**
 * Whether an attempt to log in to this instance is good: only by a public key that is active for the instance and the OS user,
 * and with a signature by its private key. Asked twice by each client, as sshd asks: for the offered key, and once more, in case
 * the key has expired meanwhile, for the signature.
 */
export function mayLogIn(attempt: LoginAttempt, instanceId: string, activeKeys: ActiveKeys): boolean {
  if (attempt.method !== "publickey" || attempt.key === undefined) return false;
  if (!activeKeys.has(instanceId, attempt.username, attempt.key.data)) return false;

  const key = ssh2.utils.parseKey(attempt.key.data);
  if (key instanceof Error) return false;
  // RSA signatures by SHA-1 ("ssh-rsa") are broken; today's sshd refuses them too. Judged by what the key is, whatever the
  // client calls it.
  if (key.type === "ssh-rsa" && attempt.hashAlgo === undefined) return false;

  if (attempt.signature === undefined) return true;
  // `verify` returns an Error, whatever its type says, for a signature that it cannot read.
  return attempt.blob !== undefined && key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}
