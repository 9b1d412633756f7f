import { exitCodes } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { visible } from "./terminal.ts";
import type { World } from "./world.ts";

/** Says what ended a command. @returns its exit code. */
export function tell(error: unknown, { terminal, environment }: Pick<World, "terminal" | "environment">): number {
  if (error instanceof Failure) {
    terminal.note(error.message);
    if (error.hint !== undefined) terminal.hint(error.hint);
    return error.exitCode;
  }
  const isDebugging = isSet(environment["LATCHKEY_DEBUG"]);
  terminal.note(`internal error: ${visible(firstLine(error))}`);
  if (isDebugging && error instanceof Error) terminal.note(visible(error.stack ?? "").replaceAll("\\u{a}", "\n"));
  if (!isDebugging) terminal.hint("this is a bug in latchkey: LATCHKEY_DEBUG=1 shows where");
  return exitCodes.internal;
}

const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";

/** Two hundred characters of it: a message may quote something long. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n", 1)[0]?.slice(0, 200) ?? "";
}
