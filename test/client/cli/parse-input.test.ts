import { describe, expect, test } from "@jest/globals";
import { unknownCommand } from "../../../client/cli/parse.ts";
import { parseInput } from "../../../client/cli/parse-input.ts";
import type { Command } from "../../../client/command/command.ts";
import { commandTable } from "../../../client/commands/index.ts";

const copy: Command = {
  name: "copy",
  summary: "copy",
  description: "Copies.",
  arguments: [{ name: "from", summary: "from" }],
  options: [
    { name: "os-user", short: "l", value: "USER", summary: "who" },
    { name: "tag", value: "KEY=VALUE", isRepeatable: true, summary: "which" },
    { name: "type", value: "TYPE", choices: ["direct", "eice"], summary: "how" },
    { name: "json", short: "j", summary: "JSON" },
    { name: "quiet", short: "q", summary: "quiet" },
  ],
  examples: [],
  run: async () => 0,
};
const closed: Command = { ...copy, rest: { name: "ssh argument", summary: "for ssh" } };
const open: Command = { ...closed, passedOn: { flags: "vN", withValue: "D", hasCommand: true } };
const many: Command = {
  ...copy,
  arguments: [
    { name: "from", summary: "from" },
    { name: "to", isRepeatable: true, isOptional: true, summary: "to" },
  ],
};
const picky: Command = { ...copy, arguments: [{ name: "shell", choices: ["bash", "fish"], summary: "shell" }] };

describe("refused with exit code 64 is", () => {
  test.each<[string, Command, string[], string, string]>([
    [
      "an argument that is missing",
      copy,
      [],
      "copy needs <from>: latchkey copy <from> [options]",
      "latchkey copy --help",
    ],
    ["one too many", copy, ["a", "b"], "copy has no use for b", "latchkey copy <from> [options]"],
    [
      "one too many where something is passed on",
      closed,
      ["a", "uptime"],
      "copy has no use for uptime",
      "what is for ssh argument goes after --",
    ],
    ["an argument that is none of its choices", picky, ["fsh"], "<shell> is one of bash, fish", "did you mean fish?"],
    ["an option that there is not", copy, ["a", "--user"], "copy has no option --user", "latchkey copy --help"],
    [
      "one that is nearly right",
      copy,
      ["a", "--os-usr", "bob"],
      "copy has no option --os-usr",
      "did you mean --os-user?",
    ],
    [
      "a letter that there is not, where ssh may have it",
      closed,
      ["a", "-v"],
      "copy has no option -v",
      "latchkey copy --help; options of ssh argument go after --",
    ],
    [
      "a letter that there is not, before the argument",
      open,
      ["-Z", "a"],
      "copy has no option -Z",
      "latchkey copy --help; options of ssh argument go after --",
    ],
    [
      "a long option that there is not, behind the argument",
      open,
      ["a", "--jsn"],
      "copy has no option --jsn",
      "did you mean --json?",
    ],
    ["an option of ssh's without its value", open, ["a", "-D"], "-D takes a value", "latchkey copy --help"],
    ["a letter of ssh's as a long option", open, ["a", "--v"], "copy has no option --v", expect.any(String) as never],
    [
      "an option without its value",
      copy,
      ["a", "--os-user"],
      "--os-user takes a value: --os-user USER",
      "latchkey copy --help",
    ],
    [
      "an option under its name in the AWS CLI",
      copy,
      ["a", "--instance-os-user", "bob"],
      "copy has no option --instance-os-user",
      "did you mean --os-user?",
    ],
    [
      "an option in the place of a value",
      copy,
      ["a", "--os-user", "--json"],
      "--os-user takes a value, and --json looks like an option",
      "if it is meant: --os-user=--json",
    ],
    ["a value for a flag", copy, ["a", "--json=yes"], "--json takes no value", "latchkey copy --help"],
    [
      "a value that is none of the choices",
      copy,
      ["a", "--type", "dirct"],
      "--type is one of direct, eice",
      "did you mean direct?",
    ],
    [
      "a file:// URL, as the AWS CLI has it",
      copy,
      ["a", "--os-user", "file://key.pub"],
      "--os-user is a URL where a path is meant: file://key.pub",
      "unlike the AWS CLI, latchkey takes the path as it is: key.pub",
    ],
    [
      "a file:// URL as argument",
      copy,
      ["file:///tmp/key"],
      "an argument is a URL where a path is meant: file:///tmp/key",
      "unlike the AWS CLI, latchkey takes the path as it is: /tmp/key",
    ],
    [
      "anything behind -- where nothing is passed on",
      copy,
      ["a", "--", "b"],
      "copy takes nothing after --",
      "latchkey copy --help",
    ],
    [
      "a control character, which is shown as what it is",
      copy,
      ["a", "--\u001b[2J"],
      "copy has no option --\\u{1b}[2J",
      "latchkey copy --help",
    ],
  ])("%s", (_, command, args, message, hint) => {
    expect(() => parseInput(command, args)).toThrow(expect.objectContaining({ message, hint, exitCode: 64 }));
  });
});

test.each([
  ["--help", ["--help"]],
  ["-h, behind anything", ["a", "-j", "-h"]],
  ["--help even where an argument is missing", ["--json", "--help"]],
])("help is asked for by %s", (_, args) => {
  expect(parseInput(copy, args)).toBe("help");
});

describe("taken is", () => {
  const read = (command: Command, args: readonly string[]) => {
    const input = parseInput(command, args);
    if (input === "help") throw new Error("Help was asked for");
    const { options } = input;
    return {
      arguments: input.arguments,
      user: options.text("os-user"),
      tags: options.list("tag"),
      json: options.flag("json"),
      rest: input.rest,
    };
  };
  const nothing = { arguments: ["a"], user: undefined, tags: [], json: false, rest: undefined };

  test.each<[string, Command, string[], object]>([
    ["an argument alone", copy, ["a"], {}],
    ["an option before it", copy, ["--os-user", "bob", "a"], { user: "bob" }],
    ["an option behind it", copy, ["a", "--os-user", "bob"], { user: "bob" }],
    ["a value behind an equals sign", copy, ["a", "--os-user=bob"], { user: "bob" }],
    ["an empty value", copy, ["a", "--os-user="], { user: "" }],
    ["a value that looks like an option, behind an equals sign", copy, ["a", "--os-user=-x"], { user: "-x" }],
    ["a dash as a value", copy, ["a", "--os-user", "-"], { user: "-" }],
    ["a letter", copy, ["a", "-l", "bob"], { user: "bob" }],
    ["a letter with its value at once", copy, ["a", "-lbob"], { user: "bob" }],
    ["letters at once", copy, ["a", "-qj"], { json: true }],
    ["an option twice, of which the last counts", copy, ["a", "-l", "bob", "-l", "erin"], { user: "erin" }],
    ["an option as often as it may be", copy, ["a", "--tag", "a=1", "--tag", "b=2"], { tags: ["a=1", "b=2"] }],
    ["as many arguments as there may be", many, ["a", "b", "c"], { arguments: ["a", "b", "c"] }],
    ["what a sentence has of file://", copy, ["a", "--os-user", "see file://x y"], { user: "see file://x y" }],
    [
      "everything behind --, as it is",
      closed,
      ["a", "--", "-v", "--json", "--", "x"],
      { rest: ["-v", "--json", "--", "x"] },
    ],
    ["nothing behind --", closed, ["a", "--"], { rest: [] }],
    ["a command without --", open, ["a", "ls", "-l", "--json"], { rest: ["ls", "-l", "--json"] }],
    ["a letter of ssh's without --", open, ["a", "-v", "ls"], { rest: ["-v", "ls"] }],
    ["a letter of ssh's before the argument", open, ["-v", "a"], { rest: ["-v"] }],
    ["letters of both at once", open, ["-vNl", "bob", "a"], { user: "bob", rest: ["-v", "-N"] }],
    ["a letter of ssh's with its value", open, ["-D", "1080", "a", "--", "ls"], { rest: ["-D", "1080", "ls"] }],
    ["a value of ssh's without a space", open, ["-D1080", "a", "-j"], { json: true, rest: ["-D", "1080"] }],
    ["a letter that only a newer ssh knows, behind the argument", open, ["a", "-Z", "x"], { rest: ["-Z", "x"] }],
    ["a letter of ssh's in a remote command", open, ["a", "ls", "-D", "-l"], { rest: ["ls", "-D", "-l"] }],
    ["an option of ours before such a command", open, ["a", "-l", "bob", "ls"], { user: "bob", rest: ["ls"] }],
    [
      "the options of every command",
      open,
      ["a", "--profile", "work", "--url=u", "--api-region", "r", "ls"],
      { rest: ["ls"] },
    ],
    ["a command with a -- of its own", open, ["a", "git", "log", "--", "x"], { rest: ["git", "log", "--", "x"] }],
  ])("%s", (_, command, args, expected) => {
    expect(read(command, args)).toEqual({ ...nothing, ...expected });
  });
});

test.each([
  ["open-tunnel", "did you mean tunnel?"],
  ["send-ssh-public-key", "did you mean push?"],
])("%s, as the AWS CLI calls it, leads to its twin", (name, hint) => {
  expect(unknownCommand(commandTable, [name])).toMatchObject({ exitCode: 64, hint });
});
