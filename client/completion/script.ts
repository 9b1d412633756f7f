import type { CommandTable } from "../command/command-table.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { completedCommands } from "./words.ts";
import { zshScript } from "./zsh.ts";

/** The script of one of the shells that `latchkey completion` knows. */
export function completionScript(shell: string, table: CommandTable): string {
  const commands = completedCommands(table);
  if (shell === "fish") return fishScript(commands);
  return shell === "zsh" ? zshScript(commands) : bashScript(commands);
}
