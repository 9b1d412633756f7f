import { longestDownload } from "../sftp/sftp.ts";
import { SftpError, type SftpErrorCode } from "../sftp/sftp-error.ts";
import type { Tone } from "../ui/tone.ts";
import type { TransferState } from "./transfers.ts";

/** What a person reads of a file on its way. */
export function transferWords(state: TransferState): { readonly tone: Tone; readonly words: string } {
  switch (state.is) {
    case "running":
      return { tone: "waiting", words: showBytes(state.bytes) };
    case "done":
      return { tone: "good", words: "Done" };
    case "cancelled":
      return { tone: "neutral", words: "Cancelled: a part of it may be on the host" };
    case "failed":
      return { tone: "bad", words: failureOf(state.error) };
  }
}

function failureOf(error: unknown): string {
  if (error instanceof SftpError) return failures[error.code];
  return "The browser cannot read it: only files can be uploaded, not folders";
}

/** In decimal units, as file managers show them. */
export function showBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const index = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** index;
  return `${index === 0 ? value : value.toFixed(1)} ${units[index]}`;
}

const failures: Readonly<Record<SftpErrorCode, string>> = {
  "no-sftp": "The host offers no SFTP",
  "no-such-file": "There is no such file or folder on the host",
  "permission-denied": "The host denies it to this user",
  exists: "A file of that name is there already: nothing was overwritten",
  refused: "The host refuses it",
  "too-large": `Larger than ${showBytes(longestDownload)}: use latchkey scp`,
  "no-size": "The host does not say how large it is: use latchkey scp",
  protocol: "The host's response is not valid SFTP",
  lost: "The connection was lost",
};
