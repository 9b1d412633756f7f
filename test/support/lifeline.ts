import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * A named pipe, by which processes that are no children of the test tell of themselves: those that have it open, such as by
 * `exec 3> PATH` in a shell. Jest's own time-out is the bound of what it waits for.
 */
export interface Lifeline {
  readonly path: string;
  /** Resolves with what one of them writes first. */
  readonly told: Promise<string>;
  /** Resolves when all that had it open are gone. */
  readonly gone: Promise<unknown>;
  /** Stops waiting, and removes the pipe. */
  cut(): void;
}

/** @param directory where it is put */
export async function makeLifeline(directory: string): Promise<Lifeline> {
  const path = join(directory, `lifeline-${randomUUID()}`);
  // Users of the machine with a real sshd log in as others.
  await promisify(execFile)("mkfifo", ["-m", "666", path]);
  // To open it blocks until another process does.
  const reader: ChildProcess = spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] });
  if (!reader.stdout) throw new Error("Its output is a pipe");
  return {
    path,
    told: once(reader.stdout, "data").then(([text]) => String(text)),
    gone: once(reader, "close"),
    cut() {
      reader.kill();
      rmSync(path, { force: true });
    },
  };
}
