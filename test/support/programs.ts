import { accessSync, constants } from "node:fs";
import path from "node:path";

/** The path of a program on this machine's PATH, or undefined if it is not there. */
export function whereIs(program: string): string | undefined {
  const candidates = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((directory) => path.join(directory, program));
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
