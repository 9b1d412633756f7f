import { execFile } from "node:child_process";
import { PassThrough } from "node:stream";
import { killSession } from "./processes.ts";
import { commandPath, type Login, type RunningCommand, runCommand } from "./run-command.ts";

/** The size of a client's window, in characters. */
export interface WindowSize {
  readonly rows: number;
  readonly cols: number;
}

/** A terminal that a client requests. */
export interface Terminal extends WindowSize {
  /** TERM, such as `xterm-256color`. */
  readonly term: string;
}

export interface TerminalCommand extends RunningCommand {
  /** Resizes the terminal and notifies its foreground program. Ignores an invalid size. */
  resize(size: WindowSize): void;
}

/**
 * Runs the login's shell on its own terminal, made by script(1) because Node.js cannot. Standard error is part of standard
 * output, as on any terminal. Processes on the terminal end with the command; those with their own session, such as tmux's
 * server, continue as on a real instance.
 *
 * @param script of util-linux. It reports an end by a signal as a shell does: 128 plus the signal's number.
 * @param shellArguments `["-c", COMMAND]`; `[]` for an interactive shell
 * @throws TypeError if an argument or the OS user holds a NUL
 */
export function runOnTerminal(
  script: string,
  shellArguments: readonly string[],
  { term, ...initialSize }: Terminal,
  login: Login,
): TerminalCommand {
  /** The leader of the terminal's session and its device, once it is set up. */
  let terminal: { readonly leader: number; readonly device: string } | undefined;
  let wanted: WindowSize = initialSize;
  let given: WindowSize = initialSize;
  let isResizing = false;
  let over = false;

  // Reported on a separate descriptor, which the command does not get.
  const setUp = `stty sane iutf8 ${sizeArguments(initialSize)}; echo "$$ $(tty)" >&3`;
  const command = runCommand(
    script,
    // quietly, with the command's exit code, and each piece of output at once; the typescript goes nowhere
    ["-qefc", `${setUp}; exec 3>&- ${[login.shell, ...shellArguments].map(quote).join(" ")}`, "/dev/null"],
    login,
    { environment: { TERM: isTerminalType(term) ? term : "dumb" }, onNote: noteTerminal },
  );
  // When its input closes, script drops what it has not read. So it is told the end as a program is: by Ctrl-D.
  const stdin = new PassThrough({ flush: (done) => done(null, "\u0004") });
  stdin.pipe(command.stdin, { end: false });
  void command.ended.then(() => {
    killLeftovers();
    over = true;
  });

  function noteTerminal(text: string): void {
    const [, leader, device] = /^([0-9]+) (\/dev\/[a-z0-9/]+)\n$/.exec(text) ?? [];
    if (device === undefined || over) return;
    terminal = { leader: Number(leader), device };
    giveSize();
  }

  function resize(size: WindowSize): void {
    wanted = size;
    giveSize();
  }

  /** One change after another, or an earlier one could come last. What is typed waits: the program reads it in the new size. */
  function giveSize(): void {
    if (terminal === undefined || over || isResizing || given === wanted) return;
    given = wanted;
    isResizing = true;
    stdin.unpipe(command.stdin);
    const args = ["-F", terminal.device, ...sizeArguments(given).split(" ")];
    // Fails if the terminal has gone meanwhile.
    execFile("stty", args, { env: { PATH: commandPath } }, () => {
      if (over) return;
      isResizing = false;
      stdin.pipe(command.stdin, { end: false });
      giveSize();
    });
  }

  function killLeftovers(): void {
    if (terminal !== undefined && !over) killSession(terminal.leader);
  }

  return {
    ...command,
    stdin,
    resize,
    kill() {
      command.kill();
      killLeftovers();
    },
  };
}

/** A terminal knows sizes of 16 bits. */
function sizeArguments({ rows, cols }: WindowSize): string {
  const isSize = (count: number) => Number.isInteger(count) && count >= 0 && count < 65_536;
  return isSize(rows) && isSize(cols) ? `rows ${rows} cols ${cols}` : "rows 24 cols 80";
}

/** Names of terminfo entries. */
function isTerminalType(term: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/.test(term);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
