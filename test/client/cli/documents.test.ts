import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { commandHelp, overview } from "../../../client/cli/help.ts";
import { manualPage } from "../../../client/cli/manual-page.ts";
import { reference } from "../../../client/cli/reference.ts";
import { exitCodeMeanings } from "../../../client/cli/words.ts";
import { shownCommands } from "../../../client/command/command-table.ts";
import { commandTable } from "../../../client/commands/index.ts";
import { exitCodes } from "../../../client/terminal/exit-code.ts";
import { whereIs } from "../../support/programs.ts";
import { run } from "../../support/ssh-client.ts";

const plain = (text: string) => text;
const paints = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
const commands = shownCommands(commandTable);
const all = [...commands, ...commandTable.hidden];

test("docs/client-reference.md is what `npm run docs` makes", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/client-reference.md"), "utf8");
  expect(page).toBe(reference(commandTable));
});

test("every exit code has its meaning, once", () => {
  expect(exitCodeMeanings.map(([code]) => code)).toEqual(Object.values(exitCodes));
});

describe("the table of commands", () => {
  test("has no name twice", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
  test.each(commands.map((command) => [command.name, command] as const))(
    "%s has no option twice, and speaks as the others do",
    (_, command) => {
      const letters = command.options.flatMap(({ short }) => short ?? []);
      const names = command.options.map(({ name }) => name);
      expect([new Set(names).size, new Set(letters).size]).toEqual([names.length, letters.length]);
      expect([...names, ...letters]).not.toEqual(expect.arrayContaining(["help", "h"]));
      for (const { summary } of [command, ...command.arguments, ...command.options]) {
        expect(summary).toMatch(/^[a-z[A-Z].*[^.]$/);
      }
      expect(command.description).toMatch(/\.$/);
    },
  );
  test.each(commands.map((command) => [command.name, command] as const))(
    "%s has an example, which runs it",
    (_, command) => {
      expect(command.examples.length).toBeGreaterThan(0);
      expect(command.examples.some(({ command: line }) => line.includes("latchkey"))).toBe(true);
    },
  );
});

describe("help and man page fit a terminal of 80 columns", () => {
  /** But for what is to be copied as it stands. */
  const tooLong = (text: string, copied: readonly string[]) =>
    text.split("\n").filter((line) => line.length > 80 && copied.every((part) => !line.includes(part)));

  test("of all commands", () => {
    expect(tooLong(overview(commandTable, paints), [])).toEqual([]);
  });
  test.each(commands.map((command) => [command.name, command] as const))("of %s", (_, command) => {
    const copied = ["Usage: ", ...command.examples.map(({ command: line }) => line)];
    expect(tooLong(commandHelp(command, paints), copied)).toEqual([]);
  });
});

const testManual = whereIs("man") === undefined ? test.skip : test;
testManual("`man -l` renders the manual page, and warns of nothing (skipped where there is no man)", async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  try {
    const file = path.join(directory, "latchkey.1");
    await writeFile(file, manualPage(commandTable));
    const environment = ["LC_ALL=C.UTF-8", "MANWIDTH=120", "MAN_KEEP_FORMATTING=", "MANPAGER=cat"];
    const { code, stdout, stderr } = await run("env", [...environment, "man", "--warnings", "-l", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const words = stdout.replace(/\s+/g, " ");
    for (const { name } of commands) expect(words).toContain(`latchkey ${name}`);
    expect(words).toContain("rsync -a -e");
    expect(words).toContain("~/.config/latchkey/config.json, %APPDATA%\\latchkey\\config.json");
  } finally {
    await rm(directory, { recursive: true });
  }
});
