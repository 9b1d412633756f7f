import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
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
export async function readOwnFile(file: string): Promise<string> {
  const handle = openSync(file, "r");
  try {
    const { uid, mode } = fstatSync(handle);
    const user = process.getuid?.();
    if (user !== undefined && uid !== user && uid !== 0) throw refused(file, "belongs to another user", "chown it");
    if (user !== undefined && (mode & othersWrite) !== 0)
      throw refused(file, "may be written by other users", "chmod go-w makes it yours alone");
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

function refused(file: string, why: string, hint: string): Failure {
  return new Failure(`${visible(file)} is not read: it ${why}`, { exitCode: exitCodes.configuration, hint });
}
