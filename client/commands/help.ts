import { unknownCommand } from "../cli/parse.ts";
import type { Command } from "../command/command.ts";
import { type CommandTable, familyOf, matchCommand } from "../command/command-table.ts";
import { usageFailure } from "../command/usage.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { visible } from "../terminal/terminal.ts";

/** @param table gives all commands, this one among them. */
export function helpCommand(table: () => CommandTable): Command {
  return {
    name: "help",
    summary: "show what a command does, or all of it",
    description:
      "Shows the same as --help behind a command. --man prints the manual page, to be read by man or kept as a file latchkey.1.",
    arguments: [
      {
        name: "command",
        isOptional: true,
        isRepeatable: true,
        summary: "the command to tell about, in one or two words",
      },
    ],
    options: [{ name: "man", summary: "print the manual page, in roff" }],
    examples: [
      { command: "latchkey help ssh", says: "what latchkey ssh takes" },
      { command: "latchkey help --man | man -l -", says: "read the manual page" },
    ],
    async run({ terminal }, { arguments: words, options }) {
      if (options.flag("man")) {
        const { manualPage } = await import("../cli/manual-page.ts");
        terminal.out(manualPage(table()));
        return exitCodes.ok;
      }
      const { helpText } = await import("../cli/help.ts");
      const match = matchCommand(table(), words);
      const [tooMany] = match?.rest ?? [];
      if (tooMany !== undefined) {
        throw usageFailure(`help has no use for ${visible(tooMany)}`, "it tells about one command at a time");
      }
      const family = words.length === 1 ? familyOf(table(), words[0] ?? "") : [];
      if (words.length > 0 && match === undefined && family.length === 0) throw unknownCommand(table(), words);
      const topic = match ?? (family.length > 0 ? { family } : {});
      terminal.out(helpText(table(), topic, terminal.outPaints));
      return exitCodes.ok;
    },
  };
}
