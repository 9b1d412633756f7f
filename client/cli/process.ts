import { constants, homedir } from "node:os";
import { isatty } from "node:tty";
import type { CommandTable } from "../command/command-table.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { processTerminal } from "../terminal/process-terminal.ts";
import { tell } from "../terminal/tell.ts";
import { run } from "./run.ts";

/** Milliseconds to wait for a clean end: nobody needs what is still open then. */
const patience = 100;

/** Runs this process's command line, and ends the process. */
export async function runProcess(table: CommandTable): Promise<void> {
  const signal = abortAtSignals();
  const context = processContext(signal);
  endWhenOutputFails(context);
  let exitCode: number | undefined;
  // Nobody is interested in a failure after the end.
  const fail = (error: unknown) => process.exit(exitCode ?? tell(error, context));
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  exitCode = await run(table, process.argv.slice(2), context);
  // To a pipe, Node may still be writing.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  endSoon(exitCode);
}

/**
 * Ends the process when nothing is left to do, or else soon. Not by `process.exit` at once: in Node.js 22 and later
 * that waits for ever, now and then, for a thread that compiles and waits for this one
 * (https://github.com/nodejs/node/issues/54918).
 */
function endSoon(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(exitCode), patience).unref();
}

/** The first signal lets the command clean up; a second one ends the process at once. */
function abortAtSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      const exitCode = 128 + constants.signals[name];
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(exitCode);
    });
  }
  return controller.signal;
}

/**
 * `latchkey instances | head -1`: nobody reads on, so there is nothing left to do. If a result cannot be written for another
 * reason, such as a full disk, the command has failed, even after all its work. A message that cannot be written changes nothing.
 */
function endWhenOutputFails(context: Context): void {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(exitCodes.ok);
    process.exit(tell(new Failure(`the output cannot be written: ${code}`, { exitCode: exitCodes.output }), context));
  });
  process.stderr.on("error", () => {});
}

function processContext(
  signal: AbortSignal,
  environment: Context["environment"] = process.env,
  given: Context["given"] = {},
): Context {
  const world = {
    terminal: processTerminal(
      { stdin: () => process.stdin, isStdinTerminal: isatty(0), stdout: process.stdout, stderr: process.stderr },
      environment,
      signal,
    ),
    environment,
    given,
    platform: process.platform,
    homeDirectory: homedir(),
    clock: () => new Date(),
    self: [process.execPath, ...process.argv.slice(1, 2)],
    signal,
  };
  const context: Context = {
    ...world,
    settings: once(async () => (await import("../settings/read-settings.ts")).readSettings(context)),
    api: once(async () => (await import("../api/connect-api.ts")).connectApi(context, await context.settings())),
    with: (variables, options) => processContext(signal, { ...environment, ...variables }, options),
  };
  return context;
}

/** The first call's promise, for every call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
