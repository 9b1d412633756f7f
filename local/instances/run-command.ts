import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";

/** What sshd gives a login by default. The host's own PATH may lead into whatever its user has installed. */
export const commandPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

/** Whose login it is, and to which instance. */
export interface Login {
  readonly osUser: string;
  /** An existing directory, the instance's own: where commands run, and their HOME. */
  readonly homeDirectory: string;
  /** The full path of the login's shell. */
  readonly shell: string;
}

export interface CommandOptions {
  /** Beside what every login gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets what the program writes to its file descriptor 3. Left out, it has none. */
  readonly onNote?: (text: string) => void;
}

/**
 * Runs a program as a login to an instance would: in the instance's own directory, and with nothing of the environment of the
 * process that runs the local stack (its AWS credentials, its SSH agent). What it leaves running in its process group ends with it.
 *
 * It is no jail: the command is a process of the host's, with the rights of whoever runs the local stack.
 *
 * @throws TypeError if an argument or the OS user holds a NUL, which no process can be given
 */
export function runCommand(
  program: string,
  args: readonly string[],
  { osUser, homeDirectory, shell }: Login,
  { environment, onNote }: CommandOptions = {},
): RunningCommand {
  const login = {
    PATH: commandPath,
    HOME: homeDirectory,
    USER: osUser,
    LOGNAME: osUser,
    SHELL: shell,
    LANG: "C.UTF-8",
  };
  const child = spawn(program, args, {
    cwd: homeDirectory,
    env: { ...login, ...environment },
    stdio: ["pipe", "pipe", "pipe", ...(onNote ? ["pipe" as const] : [])],
    detached: true, // leads a process group of its own, which can be killed as a whole
  }) as ChildProcessWithoutNullStreams;
  const { pid, stdin, stdout, stderr } = child;
  const notes = child.stdio.slice(3).filter((stream) => stream instanceof Readable);
  const streams = [stdin, stdout, stderr, ...notes];
  for (const stream of notes) stream.setEncoding("utf8").on("data", (text: string) => onNote?.(text));
  let over = false;

  function kill(): void {
    // Once the command is over, its process id may be somebody else's.
    if (over) return;
    if (pid !== undefined) killGroup(pid);
    // A process that has left the group may hold the other ends; nobody waits for it.
    for (const stream of streams) stream.destroy();
  }

  // A command need not read its input, and "close" tells whatever else goes wrong.
  for (const emitter of [child, ...streams]) emitter.on("error", () => {});
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
