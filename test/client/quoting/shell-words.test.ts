import { describe, expect, test } from "@jest/globals";
import { posixWord, powerShellWord, printedCommand, windowsWord } from "../../../client/quoting/shell-words.ts";
import { tunnelCommand } from "../../../client/ssh/proxy-command.ts";
import { run } from "../../support/ssh-client.ts";

const words = [
  "plain",
  "two words",
  "o'hara",
  'say "x"',
  "$HOME `id` $(id)",
  "a\\b",
  "*",
  "",
  "#",
  "~",
  "100%",
  "a;b&c|d",
];

describe("a POSIX shell", () => {
  test.each(words)("reads %j as the one word that it is", async (word) => {
    const { stdout } = await run("sh", ["-c", `printf '%s' ${posixWord(word)}`]);
    expect(stdout).toBe(word);
  });
});

describe("Windows", () => {
  test.each([
    [String.raw`C:\Users\me\key`, String.raw`C:\Users\me\key`],
    [String.raw`C:\Users\Ada L\key`, String.raw`"C:\Users\Ada L\key"`],
    ["C:\\Program Files\\", '"C:\\Program Files\\\\"'],
    ['say "x"', String.raw`"say \"x\""`],
    [String.raw`a\"b`, String.raw`"a\\\"b"`],
    ["", '""'],
  ])("reads %j from %s", (word, written) => {
    expect(windowsWord(word)).toBe(written);
  });

  test("is shown a command for PowerShell", () => {
    expect(powerShellWord("o'hara $x")).toBe("'o''hara $x'");
    expect(printedCommand(["ssh", "two words"], "win32")).toBe("ssh 'two words'");
  });
});

test("a printed command sends nothing to the terminal that moves its cursor", () => {
  expect(printedCommand(["ssh", "\u001b[2Jx"], "linux")).toBe("ssh '\\u{1b}[2Jx'");
});

describe("a ProxyCommand", () => {
  test.each([
    ["as it is", ["/usr/bin/node", "/opt/latchkey.cjs"], "/usr/bin/node /opt/latchkey.cjs tunnel"],
    ["with a space", ["/usr/bin/node", "/home/ada l/x"], "/usr/bin/node '/home/ada l/x' tunnel"],
    ["with an apostrophe", ["/home/o'hara/x"], String.raw`'/home/o'\''hara/x' tunnel`],
    ["with what ssh would replace", ["/home/%h/x"], "/home/%%h/x tunnel"],
  ])("runs latchkey by its path, %s", (_, self, command) => {
    expect(tunnelCommand(self, "linux")).toBe(command);
  });
});
