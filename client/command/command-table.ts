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

function findCommand(table: CommandTable, name: string): Command | undefined {
  return [...shownCommands(table), ...table.hidden].find((command) => command.name === name);
}

/** The command that words begin with, and the words after its name, which has one or two: `ssh`, `policy test`. */
export function matchCommand(table: CommandTable, words: readonly string[]) {
  for (const length of [2, 1].filter((length) => length <= words.length)) {
    const command = findCommand(table, words.slice(0, length).join(" "));
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return undefined;
}

/** The commands for people whose names have two words, the first of them this one. */
export function familyOf(table: CommandTable, first: string): readonly Command[] {
  return shownCommands(table).filter(({ name }) => name.startsWith(`${first} `));
}
