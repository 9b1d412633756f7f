import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Context } from "../command/context.ts";
import { Options } from "../command/options.ts";
import { sshFault } from "../ssh/after-failure.ts";
import { lookArguments, sshArguments } from "../ssh/arguments.ts";
import { quietOptions } from "../ssh/look-again.ts";
import { cannotRun } from "../ssh/run-program.ts";
import { adviceAfterFault } from "../ssh/run-session.ts";
import { type Session, withSession } from "../ssh/session.ts";
import type { CollectedStream, RemoteCommand, RemoteOutcome, StopReason } from "./ports.ts";

/** Bytes of each stream that are kept: what an agent can read. */
const mostKept = 16 * 1024;
/** Bytes of each stream after which a command is stopped: `cat /dev/zero` has no end. */
const mostBytes = 8 * 1024 * 1024;
/** Milliseconds that ssh has to end by itself. */
const graceTime = 2000;

/**
 * Nothing is asked, no terminal is there, and nothing of the user's goes along: neither their agent, nor a shared
 * connection that was opened under other access.
 */
const unattended = [
  "-T",
  ...[
    ...["ControlMaster=no", "ForwardAgent=no", "ForwardX11=no", "RemoteCommand=none", "LogLevel=ERROR"],
    "ConnectTimeout=30",
  ].flatMap((option) => ["-o", option]),
  ...quietOptions,
];

/**
 * Connects as `latchkey ssh` does, runs one command, and collects what it writes. Standard input is empty: this process's
 * own has the protocol.
 *
 * @throws ApiProblem, Failure; the signal's reason.
 */
export async function runRemotely(
  context: Context,
  { target, command, timeout, refuses }: Omit<RemoteCommand, "signal">,
): Promise<RemoteOutcome> {
  const notes: string[] = [];
  const quiet = { ...context, terminal: { ...context.terminal, note: (message: string) => notes.push(message) } };
  return withSession(quiet, { target, options: new Options({}) }, async (session) => {
    const why = refuses(session.connection);
    if (why !== undefined) return { kind: "refused", why };
    const startedAt = context.clock().getTime();
    // Behind `--` nothing is an option of ssh, such as one that runs a program here.
    const rest = ["--", command];
    const args = [...unattended, ...sshArguments(session.basis, { forwardings: [], options: [], rest })];
    const end = await collect(context, session, args, timeout);
    // On Windows no agent of ours tells: what ssh writes and its exit code have to do.
    const hasLoggedIn = session.identity.uses === undefined || session.identity.uses.signatures > 0;
    if (hasLoggedIn) return { kind: "ended", ...end, notes, connection: session.connection };
    const { stoppedBy, stderr } = end;
    if (stoppedBy !== undefined) return { kind: "no-login", stderr, stoppedBy };
    const sshArgs = lookArguments(session.basis, []);
    const advice = await adviceAfterFault(quiet, session, { program: "ssh", args, sshArgs }, startedAt);
    return { kind: "no-login", stderr, advice };
  });
}

interface Collected {
  readonly exitCode: number | undefined;
  readonly stoppedBy?: StopReason | undefined;
  readonly stdout: CollectedStream;
  readonly stderr: CollectedStream;
}

async function collect(
  { environment, platform, signal }: Context,
  { variables }: Session,
  args: readonly string[],
  timeout: number,
): Promise<Collected> {
  signal.throwIfAborted();
  const child = spawn("ssh", args, {
    stdio: ["ignore", "pipe", "pipe"],
    // Without a terminal that it could ask on; what it starts, such as a tunnel, ends with it.
    detached: platform !== "win32",
    windowsHide: true,
    env: { ...environment, ...variables },
  });
  let stoppedBy: StopReason | undefined;
  const stop = stopping(child, platform);
  const stopFor = (reason: StopReason) => {
    stoppedBy ??= reason;
    stop();
  };
  const timer = setTimeout(() => stopFor("timeout"), timeout);
  signal.addEventListener("abort", stop);
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => kept(stream, () => stopFor("output")));
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) => reject(cannotRun("ssh", error))).once("close", resolve);
    });
    signal.throwIfAborted();
    return {
      // Without a code, a signal of somebody else's has ended ssh.
      exitCode: stoppedBy === undefined ? (exitCode ?? sshFault) : undefined,
      stoppedBy,
      stdout: stdout?.() ?? nothing,
      stderr: stderr?.() ?? nothing,
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

const nothing: CollectedStream = { kept: new Uint8Array(), bytes: 0 };

/** @returns what gives the collected bytes. */
function kept(stream: Readable, onTooMuch: () => void): () => CollectedStream {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    if (bytes < mostKept) chunks.push(chunk.subarray(0, mostKept - bytes));
    bytes += chunk.length;
    if (bytes > mostBytes) onTooMuch();
  });
  return () => ({ kept: Buffer.concat(chunks), bytes });
}

/** @returns what ends ssh and all that it has started; by force if it does not end soon. */
function stopping(child: ChildProcess, platform: NodeJS.Platform): () => void {
  const send = (signal: NodeJS.Signals) => {
    try {
      if (platform === "win32" || child.pid === undefined) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  let isStopping = false;
  return () => {
    if (isStopping) return;
    isStopping = true;
    send("SIGTERM");
    const force = setTimeout(() => send("SIGKILL"), graceTime);
    child.once("close", () => clearTimeout(force));
  };
}
