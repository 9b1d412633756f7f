import { mkdir, open, readFile, rm, rmdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { pause } from "../../sdk/pause.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

/** Milliseconds: a living process holds the lock for less, since its requests have time limits. */
const longestHold = 120_000;
/** Milliseconds to take the lock of a dead process over. */
const longestTakeover = 5_000;
/** Milliseconds between two looks. */
const interval = 50;

interface LockOptions {
  readonly signal: AbortSignal;
  /** Compared with the times of files. */
  readonly clock: () => Date;
}

/**
 * Does something while no other command does: the others wait. A lock that a dead process has left is taken over.
 *
 * @param file is there while the lock is held, with the process that holds it.
 * @throws Failure `tryAgain` if it stays locked; what the work throws; the signal's reason.
 */
export async function withLock<T>(file: string, { signal, clock }: LockOptions, work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + longestHold;
  while (!(await take(file))) {
    if (await isLeft(file, clock())) await remove(file, clock());
    else if (performance.now() > giveUpAt)
      throw new Failure("another latchkey refreshes the login, and does not end", { exitCode: exitCodes.tryAgain });
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
    throw new Failure(`the login cannot be locked: ${code}`, { exitCode: exitCodes.configuration, cause });
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
