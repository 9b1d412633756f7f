import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { ServerChannel, Session } from "ssh2";
import type { CommandEnd, RunningCommand } from "./run-command.ts";

/** The signals that have a name in SSH (RFC 4254, section 6.10); ssh2 throws at any other. */
const signalsOfSsh = /^SIG(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2)$/;

/** A shell for a person: it prompts, but has no job control, which would take a terminal. */
const prompting = ["-i", "+m"];

/**
 * Serves one session of a client that has logged in: it may run one command or one shell, which ends with the session.
 *
 * Everything else a session can ask for (a terminal, environment variables, subsystems such as sftp, an agent, X11) is
 * refused. Refused a terminal that it was not told to insist on (`-t`), the stock client goes on with a plain session, in which
 * the shell prompts for each line.
 *
 * @param run starts `/bin/sh` with the arguments given
 */
export function serveSession(session: Session, run: (shellArguments: readonly string[]) => RunningCommand): void {
  let terminalWanted = false;

  function start(channel: ServerChannel | undefined, shellArguments: readonly string[]): void {
    // ssh2 has none to give, whatever its types say, when the session has already got its command.
    if (channel === undefined) return;
    channel.on("error", () => {});
    channel.stderr.on("error", () => {});
    const command = run(shellArguments);
    session.on("close", () => command.kill());
    // Whatever ssh2 throws at a channel that has gone, the command goes too.
    connect(channel, command).catch(() => command.kill());
  }

  session.on("pty", (_accept, reject) => {
    terminalWanted = true;
    reject?.();
  });
  session.on("exec", (accept, _reject, { command }) => start(accept(), ["-c", command]));
  session.on("shell", (accept) => start(accept(), terminalWanted ? prompting : []));
}

/** Passes input, output and the end between the client's channel and the command. */
async function connect(channel: ServerChannel, command: RunningCommand): Promise<void> {
  channel.pipe(command.stdin);

  let sent = Promise.resolve();
  async function forward(from: Readable, to: Writable): Promise<void> {
    for await (const chunk of from) {
      sent = sent.then(() => write(chunk, channel, to));
      await sent;
    }
  }
  // Killed, a command's output ends in an error; there is nobody to tell.
  await Promise.allSettled([forward(command.stdout, channel), forward(command.stderr, channel.stderr)]);

  tellEnd(channel, await command.ended);
  channel.end();
}

/**
 * Writes one chunk, and resolves when the client's window has taken it; never, if the client goes away first.
 *
 * ssh2 1.17 mixes up what stdout and stderr have waiting for that window, which they share: if both wait, it forgets one, and
 * what has been sent stays in the way of the other. So only one is written at a time, and what has been sent is removed.
 */
function write(chunk: Buffer, channel: ServerChannel, to: Writable): Promise<void> {
  return new Promise((resolve) => {
    to.write(chunk, () => {
      Object.assign(channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
      resolve();
    });
  });
}

function tellEnd(channel: ServerChannel, end: CommandEnd): void {
  if ("code" in end) channel.exit(end.code);
  else if (signalsOfSsh.test(end.signal)) channel.exit(end.signal);
  else channel.exit(128 + constants.signals[end.signal]); // as a shell tells it
}
