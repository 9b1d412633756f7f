import { chmodSync, lstatSync, mkdtempSync, promises, rmSync } from "node:fs";
import { createConnection } from "node:net";
import os from "node:os";
import path from "node:path";
import { isRunning } from "../../sdk/node/is-running.ts";
import type { World } from "../terminal/world.ts";

/** Where the agent listens, in a private directory. */
export const agentSocketName = "agent";

/** Bytes of a Unix socket's path, the final zero aside, that every system takes: macOS has 104 in all. */
export const maxSocketPathBytes = 103;

/** Milliseconds after which a directory that nobody serves is a left-over: no start takes that long, and no key lives longer. */
const leftOverAfter = 60_000;

export interface PrivateDirectory {
  readonly path: string;
  /** Takes it away with all that is in it. May be called again. */
  remove(): void;
}

type Machine = Pick<World, "environment" | "platform">;

/**
 * Makes a directory that only the user can enter, in memory (`XDG_RUNTIME_DIR`) if the system has that for its users. It is
 * gone when the process ends, by a signal or a fault too. A process that is killed (`kill -9`) leaves it: see `sweepDirectories`.
 *
 * @param options `isKept`: it stays when the process ends, until it is swept.
 */
export function makePrivateDirectory(machine: Machine, { isKept = false } = {}): PrivateDirectory {
  const directory = mkdtempSync(path.join(parentDirectory(machine), `${prefix}${isKept ? "kept" : process.pid}-`));
  chmodSync(directory, 0o700); // mkdtemp's own, but for an odd umask
  const remove = () => {
    process.off("exit", remove);
    rmSync(directory, { recursive: true, force: true });
  };
  if (!isKept) process.on("exit", remove);
  return { path: directory, remove };
}

const prefix = "latchkey-";
const directoryName = /^latchkey-(?<owner>[0-9]+|kept)-[A-Za-z0-9]{6}$/;

function parentDirectory(machine: Machine): string {
  const longestName = path.join(`${prefix}${process.pid}-XXXXXX`, agentSocketName);
  const fits = (parent: string) => Buffer.byteLength(path.join(parent, longestName)) <= maxSocketPathBytes;
  for (const parent of possibleParents(machine)) {
    if ((fits(parent) || machine.platform === "win32") && exists(parent)) return parent;
  }
  return os.tmpdir();
}

/** In the order of preference. */
function possibleParents({ environment, platform }: Machine): readonly string[] {
  const runtime = environment["XDG_RUNTIME_DIR"];
  // The specification has relative paths ignored.
  const inMemory = runtime !== undefined && path.isAbsolute(runtime) ? [runtime] : [];
  return [...inMemory, os.tmpdir(), ...(platform === "win32" ? [] : ["/tmp"])];
}

function exists(directory: string): boolean {
  try {
    lstatSync(directory);
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes what killed processes have left, and what was kept for a minute that has passed. Nothing in use is removed:
 * its socket answers. Throws nothing.
 */
export async function sweepDirectories(machine: Machine, now: Date): Promise<void> {
  const parents = new Set(possibleParents(machine));
  await Promise.all(Array.from(parents, (parent) => sweep(parent, now)));
}

async function sweep(parent: string, now: Date): Promise<void> {
  const names = await promises.readdir(parent).catch(() => []);
  await Promise.all(
    names
      .filter((name) => directoryName.test(name))
      .map(async (name) => {
        const directory = path.join(parent, name);
        try {
          if (await isLeftOver(directory, now)) await promises.rm(directory, { recursive: true, force: true });
        } catch {
          // somebody else's, or gone by now
        }
      }),
  );
}

async function isLeftOver(directory: string, now: Date): Promise<boolean> {
  const found = await promises.lstat(directory);
  const isOurs = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
  if (!isOurs) return false;
  const owner = directoryName.exec(path.basename(directory))?.groups?.["owner"];
  const isOld = now.getTime() - found.mtimeMs > leftOverAfter;
  if (owner === "kept") return isOld;
  const reply = await knock(path.join(directory, agentSocketName));
  if (reply === "nothing there") return isOld && !isRunning(Number(owner));
  return reply === "dead";
}

/** Process ids are reused, and another container has its own: a process that responds on the socket is alive. */
function knock(socketPath: string): Promise<"alive" | "dead" | "nothing there"> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve("alive");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve("dead");
      else resolve(error.code === "ENOENT" ? "nothing there" : "alive");
    });
  });
}
