import { unknownCommand } from "../cli/parse.ts";
import type { Command } from "../command/command.ts";
import { type CommandTable, findCommand } from "../command/command-table.ts";
import { exitCodes } from "../terminal/exit-code.ts";

/** @param table gives all commands, this one among them. */
export function helpCommand(table: () => CommandTable): Command {
  return {
    name: "help",
    summary: "show what a command does, or all of it",
    description:
      "Shows the same as --help behind a command. --man prints the manual page, to be read by man or kept as a file latchkey.1.",
    arguments: [{ name: "command", isOptional: true, summary: "the command to tell about" }],
    options: [{ name: "man", summary: "print the manual page, in roff" }],
    examples: [
      { command: "latchkey help ssh", says: "what latchkey ssh takes" },
      { command: "latchkey help --man | man -l -", says: "read the manual page" },
    ],
    async run({ terminal }, { arguments: [name], options }) {
      if (options.flag("man")) {
        const { manualPage } = await import("../cli/manual-page.ts");
        terminal.out(manualPage(table()));
        return exitCodes.ok;
      }
      const { commandHelp, overview } = await import("../cli/help.ts");
      const command = name === undefined ? undefined : findCommand(table(), name);
      if (name !== undefined && command === undefined) throw unknownCommand(table(), name);
      terminal.out(command ? commandHelp(command, terminal.outPaints) : overview(table(), terminal.outPaints));
      return exitCodes.ok;
    },
  };
}
