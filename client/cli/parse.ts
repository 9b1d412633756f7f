import type { Command, CommandInput } from "../command/command.ts";
import { type CommandTable, familyOf, matchCommand, shownCommands } from "../command/command-table.ts";
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
  | { readonly kind: "help"; readonly command?: Command; readonly family?: readonly Command[] }
  | { readonly kind: "version" };

/** @throws Failure `usage` for anything that is not in the table. */
export function parseCommandLine(table: CommandTable, args: readonly string[]): Task {
  const [settings, words] = splitSettings(args);
  const [name, second] = words;
  if (name === undefined || name === "--help" || name === "-h") return { kind: "help" };
  if (name === "--version" || name === "-V") return { kind: "version" };
  const match = matchCommand(table, words);
  const family = match ? [] : familyOf(table, name);
  if (family.length > 0 && (second === undefined || second === "--help" || second === "-h")) {
    return { kind: "help", family };
  }
  if (match === undefined) throw unknownCommand(table, words);
  const { command, rest } = match;
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

/** @param words what stands for a command, and perhaps more. */
export function unknownCommand(table: CommandTable, [name = "", second = ""]: readonly string[]): Failure {
  if (name.startsWith("-")) {
    return usageFailure(`an option goes after its command: ${visible(name)}`, "latchkey --help lists all commands");
  }
  const family = familyOf(table, name).map((command) => command.name);
  if (family.length > 0) {
    const meant = nearest(`${name} ${second}`, family);
    const hint = meant === undefined ? `there are ${family.join(", ")}` : `did you mean ${meant}?`;
    return usageFailure(`there is no command ${visible(`${name} ${second}`)}`, hint);
  }
  const twin = Object.hasOwn(awsCommands, name) ? awsCommands[name] : undefined;
  const names = shownCommands(table).flatMap((command) => [command.name, command.name.split(" ", 1)[0] ?? ""]);
  const meant = twin ?? nearest(name, [...new Set(names)]);
  return usageFailure(
    `there is no command ${visible(name)}`,
    meant === undefined ? "latchkey --help lists all commands" : `did you mean ${meant}?`,
  );
}
