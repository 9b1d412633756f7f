import type { ArgumentSpec, Command, OptionSpec } from "../command/command.ts";
import type { CommandTable } from "../command/command-table.ts";
import { commonOptions } from "../command/common-options.ts";
import { usageOf } from "../command/usage.ts";
import type { Paints } from "../terminal/terminal.ts";
import { twoColumns, wrap } from "../terminal/wrap.ts";
import { configFileText, exitCodeMeanings, exitCodeNote, purpose, variables } from "./words.ts";

/** Help for a command, for those that share a first word, or for all. */
export function helpText(
  table: CommandTable,
  { command, family }: { readonly command?: Command; readonly family?: readonly Command[] },
  paints: Paints,
): string {
  if (command) return commandHelp(command, paints);
  return family ? family.map((each) => commandHelp(each, paints)).join("\n") : overview(table, paints);
}

/** What `latchkey --help` prints. */
export function overview({ groups }: CommandTable, paints: Paints): string {
  return sections(paints, [
    ["", `latchkey: ${purpose}\n\nUsage: latchkey <command> [options]`],
    ...groups
      .filter(({ commands }) => commands.length > 0)
      .map(({ title, commands }): Section => [title, twoColumns(commands.map(({ name, summary }) => [name, summary]))]),
    ["Environment", twoColumns(variables)],
    ["Config file", wrap(configFileText, "  ")],
    ["Exit codes", `${twoColumns(exitCodeMeanings.map(([code, says]) => [String(code), says]))}\n\n  ${exitCodeNote}`],
    [
      "More",
      "  latchkey <command> --help   what a command takes, with examples\n  latchkey help --man         all of it as a manual page",
    ],
  ]);
}

/** What `latchkey <command> --help` prints. */
export function commandHelp(command: Command, paints: Paints): string {
  const rest = command.rest === undefined ? [] : [{ ...command.rest, name: `-- ${command.rest.name}` }];
  const args = [...command.arguments, ...rest];
  return sections(paints, [
    ["", `Usage: ${usageOf(command)}\n\n${wrap(command.description)}`],
    ["Arguments", twoColumns(args.map(argumentRow))],
    ["Options", twoColumns(command.options.map(optionRow))],
    ["Options of every command", twoColumns(commonOptions.map(optionRow))],
    ["Examples", examples(command)],
  ]);
}

const argumentRow = ({ name, summary }: ArgumentSpec) => [name, summary] as const;

function optionRow(spec: OptionSpec): readonly [string, string] {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  return [`${short}${optionTerm(spec)}`, optionMeaning(spec)];
}

/** `--os-user USER` */
export function optionTerm({ name, value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** Its summary, and what values it takes. */
export function optionMeaning({ summary, choices, isRepeatable }: OptionSpec): string {
  const values = choices === undefined ? "" : `: ${choices.join(", ")}`;
  return `${summary}${values}${isRepeatable ? " (may be repeated)" : ""}`;
}

const examples = ({ examples }: Command) =>
  examples.map(({ command, says }) => `  # ${says}\n  ${command}`).join("\n\n");

type Section = readonly [title: string, text: string];

/** Those that have something to say. */
function sections({ bold }: Paints, all: readonly Section[]): string {
  return all
    .filter(([, text]) => text !== "")
    .map(([title, text]) => (title === "" ? `${text}\n` : `${bold(title)}\n${text}\n`))
    .join("\n");
}
