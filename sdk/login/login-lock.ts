import { mkdir, open, readFile, rm, rmdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { LoginError } from "../errors.ts";
import { isRunning } from "../node/is-running.ts";
import { pause } from "../pause.ts";

/** Milliseconds: a living process holds the lock for less, since its requests have time limits. */
const longestHold = 120_000;
/** Milliseconds to take the lock of a dead process over. */
const longestTakeover = 5_000;
/** Milliseconds between two looks. */
const interval = 50;

interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Compared with the times of files. */
  readonly clock: () => Date;
}

/**
 * Does something while no other process does: the others wait. A lock that a dead process has left is taken over.
 *
 * @param file is there while the lock is held, with the process that holds it.
 * @throws LoginError `locked` if it stays so; what the work throws; the signal's reason.
 */
export async function withLock<T>(file: string, { signal, clock }: LockOptions, work: () => Promise<T>): Promise<T> {
  const giveUpAt = clock().getTime() + longestHold;
  while (!(await take(file))) {
    if (await isLeft(file, clock())) await remove(file, clock());
    else if (clock().getTime() > giveUpAt)
      throw new LoginError("locked", "another process refreshes the login, and does not end");
    else await pause(interval, signal);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${process.pid} ${hostname()}`);
    await handle.close();
    return true;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "fault";
    if (code === "EEXIST") return false;
    throw new LoginError("file-inaccessible", `the login cannot be locked: ${code}`, cause);
  }
}

/** Whether its holder has died. Process ids are reused, and another machine may share the directory: then age decides. */
async function isLeft(file: string, now: Date): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    if (now.getTime() - mtimeMs > longestHold) return true;
    const [, pid, host] = /^([0-9]+) (.*)$/.exec(text) ?? [];
    return host === hostname() && !isRunning(Number(pid));
  } catch {
    return false; // it was given back
  }
}

/** One process at a time looks again and removes it, or else a second one would remove the lock that the first has taken. */
async function remove(file: string, now: Date): Promise<void> {
  const takeover = `${file}.takeover`;
  try {
    await mkdir(takeover);
  } catch {
    const made = await stat(takeover).catch(() => undefined);
    if (made && now.getTime() - made.mtimeMs > longestTakeover) await rmdir(takeover).catch(() => {});
    return;
  }
  if (await isLeft(file, now)) await rm(file, { force: true });
  await rmdir(takeover).catch(() => {});
}
