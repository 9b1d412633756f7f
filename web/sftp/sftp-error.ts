import { statusCodes } from "./packets.ts";

export type SftpErrorCode =
  /** The host offers no SFTP. */
  | "no-sftp"
  | "no-such-file"
  | "permission-denied"
  | "exists"
  | "refused"
  | "too-large"
  /** The file has content, but no size. */
  | "no-size"
  | "protocol"
  | "lost";

/** A file was not transferred. It repeats nothing that the host says. */
export class SftpError extends Error {
  override readonly name = "SftpError";
  readonly code: SftpErrorCode;

  constructor(code: SftpErrorCode) {
    super(code);
    this.code = code;
  }
}

/** @param status of a `status` packet that is not OK */
export function errorOfStatus(status: number): SftpError {
  if (status === statusCodes.noSuchFile) return new SftpError("no-such-file");
  if (status === statusCodes.permissionDenied) return new SftpError("permission-denied");
  return new SftpError("refused");
}
