import ssh2 from "ssh2";
import type { ActiveKeys } from "./active-keys.ts";

/** A login attempt: the part of ssh2's `AuthContext` that the decision needs. */
export interface LoginAttempt {
  readonly method: string;
  readonly username: string;
  /** In SSH's wire format. */
  readonly key?: { readonly data: Buffer };
  /** Absent if the client only asks whether a signature by this key would be accepted. */
  readonly signature?: Buffer;
  /** The signed data. */
  readonly blob?: Buffer;
  /** `sha256` or `sha512` under rsa-sha2-256 or -512. Absent for ed25519, and for RSA with SHA-1. */
  readonly hashAlgo?: string;
}

/**
 * Whether a login attempt succeeds: only with a public key that is active for the instance and OS user, and a signature by its
 * private key. Called twice per login, as in sshd: for the offered key, and again for the signature, because the key may have
 * expired meanwhile.
 */
export function mayLogIn(attempt: LoginAttempt, instanceId: string, activeKeys: ActiveKeys): boolean {
  if (attempt.method !== "publickey" || attempt.key === undefined) return false;
  if (!activeKeys.has(instanceId, attempt.username, attempt.key.data)) return false;

  const key = ssh2.utils.parseKey(attempt.key.data);
  if (key instanceof Error) return false;
  // RSA signatures by SHA-1 ("ssh-rsa") are broken; today's sshd refuses them too. The type of the key decides, not the name that the
  // client gives it.
  if (key.type === "ssh-rsa" && attempt.hashAlgo === undefined) return false;

  if (attempt.signature === undefined) return true;
  // Despite its type, `verify` returns an Error for a signature that it cannot read.
  return attempt.blob !== undefined && key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}
