import { posixWord } from "../../contract/posix-word.ts";
import { visible } from "../terminal/terminal.ts";

export { posixWord };

/**
 * One word of a Windows command line, by the rules that C programs split it with: backslashes count only before a quote, and at
 * the word's end, if one follows.
 */
export function windowsWord(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&")}"`;
}

/** One word for PowerShell. */
export function powerShellWord(word: string): string {
  if (/^[\w+=:./\\-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "''")}'`;
}

/** A command on one line, to read and to paste. Control characters in it are shown, not sent to the terminal. */
export function printedCommand(words: readonly string[], platform: NodeJS.Platform): string {
  return visible(words.map(platform === "win32" ? powerShellWord : posixWord).join(" "));
}
