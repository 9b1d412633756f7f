import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";

/** What sshd gives a login by default. The host's PATH may lead to anything its user has installed. */
export const commandPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A shell's exit code for a command it could not run. */
const couldNotStart = 126;

/** How a command ended: by itself, or by a signal (`SIGTERM`, …). */
export type CommandEnd = { readonly code: number } | { readonly signal: NodeJS.Signals };

export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command has ended and closed its output. Never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Ends the command and every process it has started, at once. May be called at any time, repeatedly. */
  kill(): void;
}

/** The login: its user and its instance. */
export interface Login {
  readonly osUser: string;
  /** The existing directory of the instance: working directory and HOME of commands. */
  readonly homeDirectory: string;
  /** The full path of the login's shell. */
  readonly shell: string;
}

export interface CommandOptions {
  /** In addition to those of every login. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives what the program writes to file descriptor 3, if given. */
  readonly onNote?: (text: string) => void;
}

/**
 * Runs a program as a login to an instance would: in the instance's own directory, and with nothing of the environment of the
 * process that runs the local stack (its AWS credentials, its SSH agent). What it leaves running in its process group ends with it.
 *
 * This does not isolate the command: it is a process of the host, with the rights of the user who runs the local stack.
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
    detached: true, // leads its own process group, which can be killed as a whole
  }) as ChildProcessWithoutNullStreams;
  const { pid, stdin, stdout, stderr } = child;
  const notes = child.stdio.slice(3).filter((stream) => stream instanceof Readable);
  const streams = [stdin, stdout, stderr, ...notes];
  for (const stream of notes) stream.setEncoding("utf8").on("data", (text: string) => onNote?.(text));
  let over = false;

  function kill(): void {
    // Once the command has ended, its process id may be reused.
    if (over) return;
    if (pid !== undefined) killGroup(pid);
    // A process that has left the group may keep the other ends open; do not wait for it.
    for (const stream of streams) stream.destroy();
  }

  // A command need not read its input, and "close" reports all other errors.
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
