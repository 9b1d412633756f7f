import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

const SHELL = "/bin/sh";

/** What sshd gives a login by default. The host's own PATH may lead into whatever its user has installed. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A shell's own exit code for what it could not run. */
const couldNotStart = 126;

/** How a command ended: by itself, or by a signal (`SIGTERM`, …). */
export type CommandEnd = { readonly code: number } | { readonly signal: NodeJS.Signals };

export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command is over and has closed its output. Never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Ends the command and every process it has started, at once. May be called at any time, again and again. */
  kill(): void;
}

/**
 * Runs `/bin/sh` as a login to an instance would: in the instance's own directory, and with nothing of the environment of the
 * process that runs the local stack (its AWS credentials, its SSH agent). What the command leaves running ends with it.
 *
 * It is no jail: the command is a process of the host's, with the rights of whoever runs the local stack.
 *
 * @param shellArguments `["-c", COMMAND]`; `[]` for a shell that reads commands from its standard input
 * @throws TypeError if an argument or the OS user holds a NUL, which no process can be given
 */
export function runCommand(
  shellArguments: readonly string[],
  { osUser, homeDirectory }: { readonly osUser: string; readonly homeDirectory: string },
): RunningCommand {
  const child = spawn(SHELL, shellArguments, {
    cwd: homeDirectory,
    env: { PATH, HOME: homeDirectory, USER: osUser, LOGNAME: osUser, SHELL, LANG: "C.UTF-8" },
    detached: true, // leads a process group of its own, which can be killed as a whole
  });
  const { pid, stdin, stdout, stderr } = child;
  let over = false;

  function kill(): void {
    // Once the command is over, its process id may be somebody else's.
    if (over) return;
    if (pid !== undefined) killGroup(pid);
    // A process that has left the group may hold the other ends; nobody waits for it.
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  }

  // A command need not read its input, and "close" tells whatever else goes wrong.
  for (const emitter of [child, stdin, stdout, stderr]) emitter.on("error", () => {});
  const ended = new Promise<CommandEnd>((resolve) => {
    child.on("close", (code, signal) => {
      kill();
      over = true;
      if (signal !== null) resolve({ signal });
      else resolve({ code: code === null || code < 0 ? couldNotStart : code });
    });
  });

  return { stdin, stdout, stderr, ended, kill };
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // ESRCH: nothing of the group is left.
  }
}
