import { readdirSync, readFileSync } from "node:fs";

/** Times that the list of processes is read again, since one may start another while it is read. */
const maxRounds = 10;

/** Ends every process of a session, as setsid(2) makes one, whatever its process group. On Linux; elsewhere nothing is done. */
export function killSession(leader: number): void {
  killAll((pid) => sessionOf(pid) === leader);
}

/**
 * Ends every process that was started with this directory as HOME, and whatever it has started, even if it has left its session
 * as daemons do. On Linux; elsewhere nothing is done.
 *
 * @param homeDirectory made for one instance, so that nobody else has it
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

/** None that has ended and waits for its parent to look: nothing can be done about it. */
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

/** "" for a process that has gone, or that is somebody else's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
