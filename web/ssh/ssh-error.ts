export type SshErrorCode =
  /** The host does not respond in time. */
  | "no-response"
  /** Host and console have no algorithm in common. */
  | "no-common-algorithm"
  /** The host's key was not accepted. Nothing was authenticated. */
  | "host-key-refused"
  /** The host does not let the key in. */
  | "key-refused"
  /** The host gives no terminal or no shell. */
  | "no-terminal"
  /** The tunnel closed. */
  | "lost";

/** Why there is no shell. */
export class SshError extends Error {
  override readonly name = "SshError";
  readonly code: SshErrorCode;

  constructor(code: SshErrorCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}
