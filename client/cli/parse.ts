import type { Command, CommandInput } from "../command/command.ts";
import { type CommandTable, findCommand, shownCommands } from "../command/command-table.ts";
import { isSettingOption } from "../command/common-options.ts";
import { nearest } from "../command/nearest.ts";
import { usageFailure } from "../command/usage.ts";
import type { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { awsCommands } from "./aws-names.ts";
import { parseInput } from "./parse-input.ts";

/** What a command line asks for. */
export type Task =
  | { readonly kind: "run"; readonly command: Command; readonly input: CommandInput }
  | { readonly kind: "help"; readonly command?: Command }
  | { readonly kind: "version" };

/** @throws Failure `usage` for anything that is not in the table. */
export function parseCommandLine(table: CommandTable, args: readonly string[]): Task {
  const [settings, [name, ...rest]] = splitSettings(args);
  if (name === undefined || name === "--help" || name === "-h") return { kind: "help" };
  if (name === "--version" || name === "-V") return { kind: "version" };
  const command = findCommand(table, name);
  if (command === undefined) throw unknownCommand(table, name);
  const input = parseInput(command, [...settings, ...rest]);
  return input === "help" ? { kind: "help", command } : { kind: "run", command, input };
}

/** Options before the command, as the AWS CLI takes them, and the rest. */
function splitSettings(args: readonly string[]): readonly [settings: readonly string[], rest: readonly string[]] {
  const [first = "", ...others] = args;
  if (!isSettingOption(first)) return [[], args];
  const length = first.includes("=") ? 1 : 2;
  const [settings, rest] = splitSettings(others.slice(length - 1));
  return [[...args.slice(0, length), ...settings], rest];
}

export function unknownCommand(table: CommandTable, name: string): Failure {
  if (name.startsWith("-")) {
    return usageFailure(`an option goes after its command: ${visible(name)}`, "latchkey --help lists all commands");
  }
  const twin = Object.hasOwn(awsCommands, name) ? awsCommands[name] : undefined;
  const meant =
    twin ??
    nearest(
      name,
      shownCommands(table).map((command) => command.name),
    );
  return usageFailure(
    `there is no command ${visible(name)}`,
    meant === undefined ? "latchkey --help lists all commands" : `did you mean ${meant}?`,
  );
}
