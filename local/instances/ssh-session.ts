import { constants } from "node:os";
import type { ServerChannel, Session } from "ssh2";
import { sendOutput } from "./channel-output.ts";
import type { CommandEnd, RunningCommand } from "./run-command.ts";
import type { Terminal, TerminalCommand, WindowSize } from "./run-on-terminal.ts";

/** The signals with a name in SSH (RFC 4254, section 6.10); ssh2 throws for any other. */
const signalsOfSsh = /^SIG(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2)$/;

/** What a session can run on an instance. Absent entries are refused. */
export interface SessionPrograms {
  /** `arguments`: `["-c", COMMAND]`; `[]` for a shell that reads its standard input. */
  shell(shellArguments: readonly string[]): RunningCommand;
  /** An interactive shell without a terminal: it prompts for each line. */
  promptingShell(): RunningCommand;
  readonly shellOnTerminal?: (shellArguments: readonly string[], terminal: Terminal) => TerminalCommand;
  readonly sftpServer?: () => RunningCommand;
}

/**
 * Serves one session of a logged-in client: one command or one shell, each on a terminal if requested, or sftp. It ends with the
 * session.
 *
 * All other requests (environment variables, other subsystems, an agent, X11) are refused. If a terminal is refused, OpenSSH's
 * client without `-t` continues with a plain session, in which the shell prompts for each line.
 */
export function serveSession(session: Session, programs: SessionPrograms): void {
  const { shellOnTerminal, sftpServer } = programs;
  let terminal: Terminal | undefined;
  let terminalWanted = false;
  let resize: (size: WindowSize) => void = () => {};

  function start(channel: ServerChannel | undefined, run: () => RunningCommand): void {
    // Despite its types, ssh2 passes none if the session already has a command.
    if (channel === undefined) return;
    channel.on("error", () => {});
    channel.stderr.on("error", () => {});
    const command = run();
    session.on("close", () => command.kill());
    // If ssh2 throws for a closed channel, the command must end too.
    connect(channel, command).catch(() => command.kill());
  }

  function runShell(shellArguments: readonly string[]): RunningCommand {
    if (terminal === undefined || shellOnTerminal === undefined) return programs.shell(shellArguments);
    const command = shellOnTerminal(shellArguments, terminal);
    resize = command.resize;
    return command;
  }

  session.on("pty", (accept, reject, info) => {
    terminalWanted = true;
    if (shellOnTerminal === undefined) return reject?.();
    terminal = { term: info.term, rows: info.rows, cols: info.cols };
    accept?.();
  });
  session.on("window-change", (accept, _reject, size) => {
    accept?.();
    resize(size);
  });
  session.on("exec", (accept, _reject, { command }) => start(accept(), () => runShell(["-c", command])));
  session.on("shell", (accept) => {
    start(accept(), terminalWanted && terminal === undefined ? programs.promptingShell : () => runShell([]));
  });
  session.on("subsystem", (accept, reject, { name }) => {
    if (name === "sftp" && sftpServer !== undefined) start(accept(), sftpServer);
    else reject?.();
  });
}

/** Relays input, output and end between the client's channel and the command. */
async function connect(channel: ServerChannel, command: RunningCommand): Promise<void> {
  channel.pipe(command.stdin);
  await sendOutput(channel, [
    [command.stdout, channel],
    [command.stderr, channel.stderr],
  ]);
  tellEnd(channel, await command.ended);
  channel.end();
}

function tellEnd(channel: ServerChannel, end: CommandEnd): void {
  if ("code" in end) channel.exit(end.code);
  else if (signalsOfSsh.test(end.signal)) channel.exit(end.signal);
  else channel.exit(128 + constants.signals[end.signal]); // as a shell reports it
}
