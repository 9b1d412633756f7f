import type { CommandTable } from "../command/command-table.ts";
import { givenSettings, settingVariables } from "../command/common-options.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { tell } from "../terminal/tell.ts";
import { version } from "../terminal/version.ts";
import { parseCommandLine } from "./parse.ts";

/**
 * Runs one command line, and prints what goes wrong.
 *
 * @returns the exit code. Throws nothing.
 */
export async function run(table: CommandTable, args: readonly string[], context: Context): Promise<number> {
  let invoked = context;
  try {
    const task = parseCommandLine(table, args);
    if (task.kind === "version") {
      context.terminal.out(`latchkey ${version}\n`);
      return exitCodes.ok;
    }
    if (task.kind === "help") {
      const { helpText } = await import("./help.ts");
      context.terminal.out(helpText(table, task, context.terminal.outPaints));
      return exitCodes.ok;
    }
    const given = givenSettings(task.input.options);
    invoked = context.with(settingVariables(given), given);
    return await task.command.run(invoked, task.input);
  } catch (error) {
    context.terminal.endProgress();
    if (context.signal.aborted) return interruptedBy(context.signal);
    return tell(await failureFor(error, invoked), context);
  }
}

/** The exit code that the signal's handler has given as its reason: 128 and the signal's number, as a shell tells it. */
function interruptedBy({ reason }: AbortSignal): number {
  return typeof reason === "number" ? reason : exitCodes.interrupted;
}

/** Errors of the client library get words and an exit code; the rest is a fault of our own. */
async function failureFor(error: unknown, context: Context): Promise<unknown> {
  if (error instanceof Failure) return error;
  const { failureOf } = await import("../api/failure-of.ts");
  return failureOf(error, context) ?? error;
}
