import { describe, expect, test } from "@jest/globals";
import { run } from "../../../client/cli/run.ts";
import type { Command } from "../../../client/command/command.ts";
import { type CommandTable, shownCommands } from "../../../client/command/command-table.ts";
import type { Context } from "../../../client/command/context.ts";
import { helpCommand } from "../../../client/commands/help.ts";
import { commandTable } from "../../../client/commands/index.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const command = (act: Command["run"]): CommandTable => ({
  groups: [
    {
      title: "Do",
      commands: [
        { name: "act", summary: "act", description: "Acts.", arguments: [], options: [], examples: [], run: act },
      ],
    },
  ],
  hidden: [],
});
const fails = (error: unknown) =>
  command(async () => {
    throw error;
  });

describe("what ends a command is told, with its exit code", () => {
  test.each<[string, CommandTable, readonly string[], number, string[]]>([
    [
      "a failure with a hint",
      fails(new Failure("the door is shut", { exitCode: 77, hint: "knock" })),
      ["act"],
      77,
      ["note: the door is shut", "hint: knock"],
    ],
    [
      "a failure without one",
      fails(new Failure("the door is shut", { exitCode: 69 })),
      ["act"],
      69,
      ["note: the door is shut"],
    ],
    [
      "a fault of our own, of which only the first line is shown",
      fails(new TypeError("x is\u001b[2J not\nthere")),
      ["act"],
      70,
      [
        "note: internal error: TypeError: x is\\u{1b}[2J not",
        "hint: this is a bug in latchkey: LATCHKEY_DEBUG=1 shows where",
      ],
    ],
    [
      "something that is no error",
      fails("oh"),
      ["act"],
      70,
      expect.arrayContaining(["note: internal error: oh"]) as never,
    ],
    [
      "a command that there is not",
      fails(0),
      ["atc"],
      64,
      ["note: there is no command atc", "hint: did you mean act?"],
    ],
    [
      "one that is like no other",
      fails(0),
      ["x"],
      64,
      ["note: there is no command x", "hint: latchkey --help lists all commands"],
    ],
    [
      "an option before any command",
      fails(0),
      ["--json", "act"],
      64,
      ["note: an option goes after its command: --json", "hint: latchkey --help lists all commands"],
    ],
    ["its own exit code", command(async () => 7), ["act"], 7, []],
  ])("%s", async (_, table, args, exitCode, shown) => {
    const world = scriptedWorld({});
    expect(await run(table, args, world.context)).toBe(exitCode);
    expect(world.shown).toEqual(shown);
  });

  test("with LATCHKEY_DEBUG the stack too", async () => {
    const { context, shown } = scriptedWorld({});
    await run(fails(new TypeError("oh")), ["act"], { ...context, environment: { LATCHKEY_DEBUG: "1" } });
    expect(shown[1]).toBe("note: TypeError: oh");
    expect(shown[2]).toMatch(/^note: {5}at .*run\.test\.ts/);
  });

  test("a signal in the middle: its own exit code, without a word", async () => {
    const world = scriptedWorld({});
    const waits = command(async ({ signal }) => {
      world.interrupt();
      throw signal.reason;
    });
    expect(await run(waits, ["act"], world.context)).toBe(130);
    expect(world.shown).toEqual([]);
  });

  test("a signal that the command has dealt with: the command's exit code", async () => {
    const world = scriptedWorld({});
    const ends = command(async () => {
      world.interrupt();
      return 255;
    });
    expect(await run(ends, ["act"], world.context)).toBe(255);
  });
});

test.each(shownCommands(commandTable).map(({ name }) => [name]))(
  "%s takes --profile, --api-region and --url, behind its name and before it, for variables of the environment",
  async (name) => {
    const settings = ["--profile", "work", "--api-region=eu-west-1", "--url", "https://api.example"];
    for (const args of [
      [...settings, ...name.split(" ")],
      [...name.split(" "), ...settings],
    ]) {
      const { context } = scriptedWorld({});
      let seen: Context["environment"] = {};
      const look: Command["run"] = async ({ environment }) => {
        seen = environment;
        return 0;
      };
      const open = { arguments: [], run: look };
      const table = { groups: [], hidden: shownCommands(commandTable).map((command) => ({ ...command, ...open })) };
      expect(await run(table, args, context)).toBe(0);
      expect(seen).toEqual({
        LATCHKEY_PROFILE: "work",
        LATCHKEY_TOKEN: "",
        LATCHKEY_REGION: "eu-west-1",
        LATCHKEY_URL: "https://api.example",
      });
    }
  },
);

test.each([[[]], [["--help"]], [["-h"]]])("%j shows all commands", async (args) => {
  const { context, shown } = scriptedWorld({});
  expect(await run(fails(0), args, context)).toBe(0);
  expect(shown).toEqual(expect.arrayContaining(["out: Usage: latchkey <command> [options]", "out:   act  act"]));
});

test.each([["--version"], ["-V"]])("%s shows the version", async (arg) => {
  const { context, shown } = scriptedWorld({});
  expect(await run(fails(0), [arg], context)).toBe(0);
  expect(shown).toEqual(["out: latchkey unbundled"]);
});

describe("commands of two words", () => {
  const named = (name: string, exitCode: number) => ({
    ...{ name, summary: name, description: "Acts.", arguments: [], options: [], examples: [] },
    run: async () => exitCode,
  });
  const table: CommandTable = {
    groups: [{ title: "Do", commands: [named("policy test", 7), named("policy show", 8), helpCommand(() => table)] }],
    hidden: [],
  };
  const usages = ["out: Usage: latchkey policy test", "out: Usage: latchkey policy show"];

  test.each<[string, string[], number, string[]]>([
    ["the first word alone shows the help of each", ["policy"], 0, usages],
    ["--help behind it too", ["policy", "--help"], 0, usages],
    ["help with it too", ["help", "policy"], 0, usages],
    ["help with both words is about one", ["help", "policy", "show"], 0, usages.slice(1)],
    ["help with more words is refused", ["help", "policy", "show", "x"], 64, []],
    ["both words run it", ["policy", "test"], 7, []],
    ["each its own", ["policy", "show"], 8, []],
  ])("%s", async (_, args, exitCode, shown) => {
    const world = scriptedWorld({});
    expect(await run(table, args, world.context)).toBe(exitCode);
    expect(world.shown.filter((line) => line.includes("Usage"))).toEqual(shown);
  });

  test.each([
    ["policy tets", "did you mean policy test?"],
    ["policy xxxxx", "there are policy test, policy show"],
  ])("%s is refused: %s", async (line, hint) => {
    const world = scriptedWorld({});
    expect(await run(table, line.split(" "), world.context)).toBe(64);
    expect(world.shown).toEqual([`note: there is no command ${line}`, `hint: ${hint}`]);
  });

  test("a first word that is nearly right is found", async () => {
    const world = scriptedWorld({});
    expect(await run(table, ["polcy", "test"], world.context)).toBe(64);
    expect(world.shown).toContain("hint: did you mean policy?");
  });
});
