import type { Command } from "../command/command.ts";
import { type CommandTable, shownCommands } from "../command/command-table.ts";
import { commonOptions } from "../command/common-options.ts";
import { usageOf } from "../command/usage.ts";
import { version } from "../terminal/version.ts";
import { optionMeaning, optionTerm } from "./help.ts";
import { configFileText, exitCodeMeanings, exitCodeNote, purpose, variables } from "./words.ts";

/** `latchkey(1)`, in the roff macros of man(7). */
export function manualPage(table: CommandTable): string {
  return [
    `.TH LATCHKEY 1 "" "latchkey ${roff(version)}" "User Commands"`,
    // No hyphens in what is to be copied.
    ".nr HY 0",
    `.SH NAME\nlatchkey \\- ${roff(purpose)}`,
    ".SH SYNOPSIS\n.B latchkey\n.I command\n.RI [ options ]",
    ".SH COMMANDS",
    ...shownCommands(table).map(commandPart),
    `.SH "OPTIONS OF EVERY COMMAND"\n${commonOptions.map((option) => tagged(optionTag(option), optionMeaning(option))).join("\n")}`,
    `.SH ENVIRONMENT\n${variables.map(([name, meaning]) => tagged(`\\fB${roff(name)}\\fR`, meaning)).join("\n")}`,
    `.SH FILES\n${paragraphs(configFileText)}`,
    `.SH "EXIT STATUS"\n${exitCodeMeanings.map(([code, says]) => tagged(`\\fB${code}\\fR`, says)).join("\n")}\n.PP\n${roff(exitCodeNote)}`,
    '.SH "SEE ALSO"\n.BR ssh (1),\n.BR scp (1),\n.BR sftp (1),\n.BR ssh_config (5)',
    "",
  ].join("\n");
}

function commandPart(command: Command): string {
  const args = [...command.arguments, ...(command.rest ? [{ ...command.rest, name: `-- ${command.rest.name}` }] : [])];
  return [
    `.SS ${quoted(usageOf(command))}`,
    paragraphs(command.description),
    ...args.map(({ name, summary }) => tagged(`\\fI${roff(name)}\\fR`, summary)),
    ...command.options.map((option) => tagged(optionTag(option), optionMeaning(option))),
    ...command.examples.map(
      ({ command: line, says }) => `.PP\n${roff(says)}:\n.PP\n.RS 4\n.EX\n${roff(line)}\n.EE\n.RE`,
    ),
  ].join("\n");
}

function optionTag(option: Command["options"][number]): string {
  const short = option.short === undefined ? "" : `\\fB\\-${option.short}\\fR, `;
  const [name = "", value] = optionTerm(option).split(" ", 2);
  return `${short}\\fB${roff(name)}\\fR${value === undefined ? "" : ` \\fI${roff(value)}\\fR`}`;
}

const tagged = (tag: string, text: string) => `.TP\n${tag}\n${roff(text)}`;

/** Those of a text; one whose lines are indented is shown as it stands. */
function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n\n+/)
    .map((part) =>
      /^ /m.test(part) ? `.PP\n.RS 4\n.EX\n${roff(part)}\n.EE\n.RE` : `.PP\n${roff(part.replace(/\s+/g, " "))}`,
    )
    .join("\n");
}

const quoted = (text: string) => `"${roff(text).replaceAll('"', "\\(dq")}"`;

/** Text in roff: nothing in it is an escape, a request or a dash of typography. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replace(/^(?=[.'])/gm, "\\&");
}
