import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

/** One of the user's own OpenSSH programs, and how it is run. */
export interface Program {
  readonly program: "ssh" | "scp" | "sftp";
  readonly args: readonly string[];
  /** On top of this process's own. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs it on this process's own terminal or pipes, and waits for its end. Until then signals are its affair: Ctrl-C reaches it by
 * the terminal, if there is one, and a signal that ends this process is passed on.
 *
 * @returns its exit code; 128 plus the signal's number if a signal ended it.
 * @throws Failure `unavailable` if it cannot be run.
 */
export async function runProgram(
  { environment, terminal }: Pick<Context, "environment" | "terminal">,
  { program, args, variables }: Program,
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env: { ...environment, ...variables } });
  const giveBack = takeSignals(terminal.isInteractive, (signal) => child.kill(signal));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => reject(cannotRun(program, error)));
      child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    giveBack();
  }
}

/**
 * Puts the process's own listeners aside: the first Ctrl-C would make it leave, while sftp goes on.
 *
 * @returns what undoes that.
 */
function takeSignals(isOnTerminal: boolean, passOn: (signal: NodeJS.Signals) => void): () => void {
  const undo = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const take = () => {
      if (signal !== "SIGINT" || !isOnTerminal) passOn(signal);
    };
    const others = process.listeners(signal);
    process.removeAllListeners(signal).on(signal, take);
    return () => {
      process.off(signal, take);
      for (const other of others) process.on(signal, other);
    };
  });
  return () => {
    for (const step of undo) step();
  };
}

export function cannotRun(program: string, cause: Error): Failure {
  const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  return new Failure(isMissing ? `there is no ${program} on the PATH` : `${program} cannot be run`, {
    exitCode: exitCodes.unavailable,
    hint: "install the OpenSSH client: openssh-client, openssh-clients, or Windows' optional feature",
    cause,
  });
}
