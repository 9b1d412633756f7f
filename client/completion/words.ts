import type { Command, OptionSpec } from "../command/command.ts";
import { type CommandTable, shownCommands } from "../command/command-table.ts";
import { commonOptions } from "../command/common-options.ts";

/** Where the words come from that may stand somewhere. `operands` are scp's: files, and instances with a colon. */
export type Source =
  | { readonly kind: "choices"; readonly words: readonly string[] }
  | { readonly kind: "instances" | "requests" | "files" | "operands" | "anything" };

/** What a shell has to know of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments may be: of more than one kind, the first one's. */
  readonly argument: Source | undefined;
}

interface CompletedOption {
  /** `--os-user`, and `-l` if it has a letter. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Undefined: it takes no value. */
  readonly value: Source | undefined;
}

/** Commands whose names share a first word, with the second words of each. */
export interface CompletedFamily {
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly summary: string }[];
}

export function familiesOf(commands: readonly CompletedCommand[]): readonly CompletedFamily[] {
  const inTwo = commands.filter(({ name }) => name.includes(" "));
  const families = [...new Set(inTwo.flatMap(({ name }) => name.split(" ", 1)))];
  return families.map((family) => ({
    name: family,
    members: inTwo
      .filter(({ name }) => name.startsWith(`${family} `))
      .map(({ name, summary }) => ({ name: name.slice(family.length + 1), summary })),
  }));
}

/** What may stand as the first word, with what it is for. */
export function firstWords(commands: readonly CompletedCommand[]) {
  return [
    ...commands.filter(({ name }) => !name.includes(" ")).map(({ name, summary }) => ({ name, summary })),
    ...familiesOf(commands).map(({ name, members }) => ({
      name,
      summary: members.map((member) => member.name).join(", "),
    })),
  ];
}

export function completedCommands(table: CommandTable): readonly CompletedCommand[] {
  const names = [...new Set(shownCommands(table).flatMap(({ name }) => name.split(" ", 1)))];
  return shownCommands(table).map((command) => ({
    name: command.name,
    summary: command.summary,
    options: [...command.options, ...commonOptions].map(completedOption),
    argument: argumentSource(command, names),
  }));
}

const completedOption = (option: OptionSpec): CompletedOption => ({
  names: [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])],
  summary: option.summary,
  value: valueSource(option),
});

function valueSource({ value, choices }: OptionSpec): Source | undefined {
  if (value === undefined) return undefined;
  if (choices !== undefined) return { kind: "choices", words: choices };
  if (value.startsWith("FILE")) return { kind: "files" };
  return { kind: value === "INSTANCE" ? "instances" : "anything" };
}

function argumentSource({ name, arguments: [first] }: Command, commands: readonly string[]): Source | undefined {
  if (first === undefined) return undefined;
  if (first.choices !== undefined) return { kind: "choices", words: first.choices };
  if (name === "help") return { kind: "choices", words: commands };
  if (name === "scp") return { kind: "operands" };
  if (first.name.startsWith("instance")) return { kind: "instances" };
  if (["file", "directory"].includes(first.name)) return { kind: "files" };
  return { kind: first.name === "id" ? "requests" : "anything" };
}
