import type { Command } from "./command.ts";

/** Commands that belong together, as the help shows them. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Every command there is: what help, completion, man page and reference are made of. */
export interface CommandTable {
  readonly groups: readonly CommandGroup[];
  /** Those for other programs. */
  readonly hidden: readonly Command[];
}

/** The commands for people, in the help's order. */
export function shownCommands({ groups }: CommandTable): readonly Command[] {
  return groups.flatMap(({ commands }) => commands);
}

export function findCommand(table: CommandTable, name: string): Command | undefined {
  return [...shownCommands(table), ...table.hidden].find((command) => command.name === name);
}
