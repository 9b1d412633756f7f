import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** A fenced block of a page. */
export interface Block {
  /** Of its fence. */
  readonly line: number;
  /** The first word of the fence. */
  readonly language: string;
  /** The rest of the fence. */
  readonly info: string;
  readonly text: string;
}

export interface Page {
  /** From the root: `docs/api.md`. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The languages of blocks whose commands the tests run. In a `console` lines after the prompt `$ ` are output. */
export const commandLanguages: readonly string[] = ["sh", "console"];

/** The languages of blocks without commands. */
export const otherLanguages: readonly string[] = ["cedar", "json", "mermaid", "text", "ts", "yaml"];

/** What a fence says of commands that are not for the local stack, and why they are not. */
export const notRun = /^not run: \S.*$/;

export const isRun = ({ language, info }: Block) => commandLanguages.includes(language) && !notRun.test(info);

/** Every page: README, the others at the root, and the docs. */
export const pages: readonly Page[] = [
  ...readdirSync(root),
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" }).map((file) => path.join("docs", file)),
]
  .filter((name) => name.endsWith(".md"))
  .map((name) => {
    const text = readFileSync(path.join(root, name), "utf8");
    return { name, text, blocks: blocksOf(text) };
  });

/** The fenced blocks of a page, without the indentation of a list that they stand in. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map((match) => {
    const [, indent = "", fence = "", text = ""] = match;
    const [, language = "", info = ""] = /^(\S*) ?(.*)$/.exec(fence) ?? [];
    const line = page.slice(0, match.index).split("\n").length;
    return { line, language, info, text: text.replaceAll(new RegExp(`^${indent}`, "gm"), "") };
  });
}

/** The commands of a page outside the docs, block by block: those that tests are to run. */
export const readBlocks = (file: string): readonly string[] =>
  blocksOf(readFileSync(file, "utf8"))
    .filter(({ language, info }) => language === "sh" && info === "")
    .map(({ text }) => text);

/** Lines that open with `$ `, and those they continue on after a backslash, are commands; the others are output. */
export function readConsole({ text }: Block): { readonly commands: string; readonly shown: readonly string[] } {
  let commands = "";
  const shown: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("$ ")) commands += `${line.slice(2)}\n`;
    else if (commands.endsWith("\\\n")) commands += `${line}\n`;
    else shown.push(line);
  }
  return { commands, shown };
}
