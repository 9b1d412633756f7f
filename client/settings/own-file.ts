import { closeSync, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** Permissions to write, of the group and of everybody. */
const othersWrite = 0o022;

/**
 * Reads a file that the client obeys: one that another user owns or may write is refused, as ssh does with its configuration.
 * Windows has no such owners and modes.
 *
 * Read synchronously, as other small files before ssh runs: the first asynchronous access starts Node's threads.
 *
 * @throws Failure `configuration` for such a file; what Node throws for one that cannot be read.
 */
export const readOwnFile = async (file: string): Promise<string> => readOwnBytes(file).toString("utf8");

/** The same, as bytes, at once. */
export function readOwnBytes(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    requireOwn(file, fstatSync(handle));
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @throws Failure `configuration` for a file or directory that another user owns or may write. */
export function requireOwn(file: string, { uid, mode }: Stats): void {
  const user = process.getuid?.();
  if (user !== undefined && uid !== user && uid !== 0) throw refused(file, "belongs to another user", "chown it");
  if (user !== undefined && (mode & othersWrite) !== 0)
    throw refused(file, "may be written by other users", "chmod go-w makes it yours alone");
}

function refused(file: string, why: string, hint: string): Failure {
  return new Failure(`${visible(file)} is not read: it ${why}`, { exitCode: exitCodes.configuration, hint });
}
