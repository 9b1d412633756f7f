import type { CommandTable } from "./command-table.ts";
import type { Context } from "./context.ts";
import { exitCodes } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { parseCommandLine } from "./parse.ts";
import { visible } from "./terminal.ts";
import { version } from "./version.ts";

/**
 * Runs one command line, and tells whatever goes wrong.
 *
 * @returns the exit code. Throws nothing.
 */
export async function run(table: CommandTable, args: readonly string[], context: Context): Promise<number> {
  try {
    const task = parseCommandLine(table, args);
    if (task.kind === "version") {
      context.terminal.out(`latchkey ${version}\n`);
      return exitCodes.ok;
    }
    if (task.kind === "help") {
      const { commandHelp, overview } = await import("./help.ts");
      const { outPaints } = context.terminal;
      context.terminal.out(task.command ? commandHelp(task.command, outPaints) : overview(table, outPaints));
      return exitCodes.ok;
    }
    return await task.command.run(context, task.input);
  } catch (error) {
    context.terminal.endProgress();
    if (context.signal.aborted) return interruptedBy(context.signal);
    return tell(error, context);
  }
}

/** The exit code that the signal's handler has given as its reason: 128 and the signal's number, as a shell tells it. */
function interruptedBy({ reason }: AbortSignal): number {
  return typeof reason === "number" ? reason : exitCodes.interrupted;
}

/** Says what ended a command. @returns its exit code. */
export function tell(error: unknown, { terminal, environment }: Pick<Context, "terminal" | "environment">): number {
  if (error instanceof Failure) {
    terminal.note(error.message);
    if (error.hint !== undefined) terminal.hint(error.hint);
    return error.exitCode;
  }
  const isDebugging = isSet(environment["LATCHKEY_DEBUG"]);
  terminal.note(`this should not have happened: ${visible(firstLine(error))}`);
  if (isDebugging && error instanceof Error) terminal.note(visible(error.stack ?? "").replaceAll("\\u{a}", "\n"));
  if (!isDebugging) terminal.hint("it is a fault of latchkey's own: LATCHKEY_DEBUG=1 shows where");
  return exitCodes.internal;
}

const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";

/** Two hundred characters of it: a message may quote something long. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n", 1)[0]?.slice(0, 200) ?? "";
}
