import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { Command } from "./command.ts";

/** `latchkey ssh <instance> [options] [-- <ssh argument>…]` */
export function usageOf(command: Command): string {
  const show = (name: string, { isOptional = false, isRepeatable = false }) => {
    const text = `<${name}>${isRepeatable ? "…" : ""}`;
    return isOptional ? `[${text}]` : text;
  };
  return [
    "latchkey",
    command.name,
    ...command.arguments.map((argument) => show(argument.name, argument)),
    ...(command.options.length > 0 ? ["[options]"] : []),
    ...(command.rest === undefined ? [] : [`[-- <${command.rest.name}>…]`]),
  ].join(" ");
}

/** What tells all about a command. */
export const helpOf = (command: Command) => `latchkey ${command.name} --help`;

export function usageFailure(message: string, hint: string): Failure {
  return new Failure(message, { exitCode: exitCodes.usage, hint });
}
