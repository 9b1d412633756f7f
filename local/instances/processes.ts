import { readdirSync, readFileSync } from "node:fs";

/** How often the list of processes is read, because one may start another meanwhile. */
const maxRounds = 10;

/** Ends every process of a session (see setsid(2)), in any process group. Does nothing except on Linux. */
export function killSession(leader: number): void {
  killAll((pid) => sessionOf(pid) === leader);
}

/**
 * Ends every process that was started with this directory as HOME, with all its descendants, even if it has left its session as
 * daemons do. Does nothing except on Linux.
 *
 * @param homeDirectory the directory of one instance only
 */
export function killAtHome(homeDirectory: string): void {
  const variable = `HOME=${homeDirectory}`;
  killAll((pid) => read(pid, "environ").split("\0").includes(variable));
}

function killAll(isMeant: (pid: number) => boolean): void {
  for (let round = 0; round < maxRounds; round += 1) {
    const meant = processIds().filter((pid) => pid !== process.pid && isMeant(pid));
    if (meant.length === 0) return;
    for (const pid of meant) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ESRCH: it has ended by itself.
  }
}

/** Excludes zombies, which cannot be ended. */
function sessionOf(pid: number): number | undefined {
  // `<pid> (<name>) <state> <parent> <group> <session> …`, where the name may hold anything.
  const fields = read(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
  const [state, , , session] = fields;
  return state === "Z" ? undefined : Number(session);
}

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** "" for a process that has gone or belongs to another user. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
