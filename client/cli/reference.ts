import type { Command, Example, OptionSpec } from "../command/command.ts";
import { type CommandTable, shownCommands } from "../command/command-table.ts";
import { commonOptions } from "../command/common-options.ts";
import { usageOf } from "../command/usage.ts";
import { optionMeaning, optionTerm } from "./help.ts";
import { configFileText, exitCodeMeanings, exitCodeNote, variables } from "./words.ts";

/** docs/client-reference.md: the help of all commands as a page. */
export function reference(table: CommandTable): string {
  return [
    "# The `latchkey` command: reference",
    "Made by `npm run docs` from what `latchkey --help` prints. What it is good for: [the client](client.md).",
    ...table.groups.map(({ title, commands }) => `**${title}**: ${commands.map(link).join(" · ")}`),
    ...shownCommands(table).map(commandPart),
    `## Options of every command\n\nAll but \`--help\` may also stand before the command.\n\n${markdownTable(["", "means"], commonOptions.map(optionRow))}`,
    `## Environment\n\n${markdownTable(
      ["variable", "means"],
      variables.map(([name, meaning]) => [code(name), meaning]),
    )}`,
    `## Config file\n\n${configFileText.replace(/^(?= )/gm, "  ")}`,
    `## Exit codes\n\n${markdownTable(
      ["code", "means"],
      exitCodeMeanings.map(([number, says]) => [String(number), says]),
    )}`,
    `${exitCodeNote}\n`,
  ].join("\n\n");
}

const link = ({ name }: Command) => `[${name}](#latchkey-${name.replace(" ", "-")})`;

function commandPart(command: Command): string {
  const args = [...command.arguments, ...(command.rest ? [{ ...command.rest, name: `-- ${command.rest.name}` }] : [])];
  const terms = [
    ...args.map(({ name, summary }) => [code(name), plain(summary)] as const),
    ...command.options.map(optionRow),
  ];
  return [
    `## latchkey ${command.name}`,
    `\`\`\`text\n${usageOf(command)}\n\`\`\``,
    plain(command.description),
    markdownTable(["", "means"], terms),
    ...exampleBlocks(command.examples),
  ].join("\n\n");
}

/** A block for the examples that the tests run, and one for each reason not to. */
function exampleBlocks(examples: readonly Example[]): readonly string[] {
  return [...new Set(examples.map(({ notRun }) => notRun))].map((reason) => {
    const group = examples.filter(({ notRun }) => notRun === reason);
    const lines = group.map(({ command: line, says }) => `# ${says}\n${line}`).join("\n\n");
    return `\`\`\`sh${reason === undefined ? "" : ` not run: ${reason}`}\n${lines}\n\`\`\``;
  });
}

function optionRow(option: OptionSpec): readonly [string, string] {
  const short = option.short === undefined ? "" : `${code(`-${option.short}`)}, `;
  return [`${short}${code(optionTerm(option))}`, plain(optionMeaning(option))];
}

/** `<instance>` is no HTML. */
const plain = (text: string) => text.replace(/[<*]/g, "\\$&");
const code = (text: string) => `\`${text}\``;

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
