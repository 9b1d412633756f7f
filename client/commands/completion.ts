import type { Command } from "../command/command.ts";
import type { CommandTable } from "../command/command-table.ts";
import { exitCodes } from "../terminal/exit-code.ts";

/** @param table gives all commands, this one among them. */
export function completionCommand(table: () => CommandTable): Command {
  return {
    name: "completion",
    summary: "print a script that lets a shell complete latchkey's words",
    description:
      "Prints a script for bash, zsh or fish. It completes commands, options and their values, and asks Latchkey for the names of instances.",
    arguments: [{ name: "shell", choices: ["bash", "zsh", "fish"], summary: "bash, zsh or fish" }],
    options: [],
    examples: [
      { command: 'eval "$(latchkey completion bash)"', says: "in ~/.bashrc" },
      { command: 'eval "$(latchkey completion zsh)"', says: "in ~/.zshrc, behind compinit", notRun: "it is for zsh" },
      { command: "latchkey completion fish | source", says: "in ~/.config/fish/config.fish", notRun: "it is for fish" },
    ],
    async run({ terminal }, { arguments: [shell = ""] }) {
      const { completionScript } = await import("../completion/script.ts");
      terminal.out(completionScript(shell, table()));
      return exitCodes.ok;
    },
  };
}
