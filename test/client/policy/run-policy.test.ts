import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { run } from "../../../client/cli/run.ts";
import { commandTable } from "../../../client/commands/index.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterAll(() => rm(directory, { recursive: true }));

const scene = "people: { alice: [Engineer], bob: [OnCall] }\ninstances: { prod-1: { tags: { env: prod } } }\n";
const row = (expect: string) =>
  `${scene}tests: [{ name: root, caller: bob, action: connect, instance: prod-1, context: { osUser: root }, expect: ${expect} }]`;

test.each<[sentence: string, words: readonly string[], file: string, exitCode: number, shown: readonly string[]]>([
  [
    "a test that fails is told with what was decided",
    ["test", "FILE"],
    row("allow"),
    1,
    [
      "out: FAIL root (FILE:3:9 /tests/0)",
      "out:   bob connect prod-1 with osUser root",
      "out:     expected allow",
      "out:     decided  approval-required with 2 approvals and a reason: no policy permits it without",
    ],
  ],
  [
    "tests that pass",
    ["test", "FILE"],
    row("approval-required with 2 approvals"),
    0,
    ["out: 1 rows, 1 questions: all pass"],
  ],
  [
    "tests that pass and cover too little",
    ["test", "FILE", "--min-coverage", "50"],
    row("approval-required"),
    1,
    [expect.stringMatching(/^out: coverage \d+ %, less than 50 %: /) as unknown as string],
  ],
  [
    "a file that cannot be used",
    ["test", "FILE"],
    "tests: 1",
    2,
    ["note: FILE:1:8 /tests: Invalid input: expected array, received number"],
  ],
  [
    "policies that cannot be used",
    ["test", "FILE", "--policies", "docs", "--settings", "cdk.json"],
    row("deny"),
    2,
    ["note: docs has no *.cedar: is it the directory of your policies?"],
  ],
  ["settings that are not there", ["test", "FILE", "--settings", "nowhere"], row("deny"), 2, []],
  [
    "text of a file cannot move the cursor, or begin a line",
    ["test", "FILE"],
    `${scene}tests: [{ name: "a\\e[2Jb\\nINJECTED", caller: "x\\e[2J\\nINJECTED", action: view, instance: prod-1, expect: deny }]`,
    2,
    ['note: FILE:3:46 /tests/0/caller: there is no caller "x\\u{1b}[2J\\u{a}INJECTED"'],
  ],
  [
    "the name of a row that fails cannot either",
    ["test", "FILE"],
    `${scene}tests: [{ name: "a\\e[2J\\nINJECTED", caller: bob, action: view, instance: prod-1, expect: deny }]`,
    1,
    ["out: FAIL a\\u{1b}[2J\\u{a}INJECTED (FILE:3:9 /tests/0)"],
  ],
  [
    "explain shows the condition that does not hold",
    [
      "explain",
      "bob",
      "connect",
      "prod-1",
      "--file",
      "FILE",
      "--context",
      "{ osUser: ubuntu, access: { approvals: 2 } }",
    ],
    scene,
    0,
    [
      "out: deny: no policy permits it",
      "out: prod-connect-with-approval would permit, but",
      "out:   yes context has access",
    ],
  ],
  [
    "explain refuses a context that there is not",
    ["explain", "bob", "connect", "prod-1", "--file", "FILE", "--context", "{ user: root }"],
    scene,
    2,
    [expect.stringContaining("there is no user here") as unknown as string],
  ],
  ["diff without people or a fleet", ["diff", "policies", "policies"], scene, 64, []],
  [
    "diff of the same",
    ["diff", "policies", "policies", "--fleet", "FILE"],
    scene,
    0,
    ["out: nobody gains or loses anything"],
  ],
])("%s", async (_, words, text, exitCode, shown) => {
  const file = path.join(directory, "t.yaml");
  await writeFile(file, text);
  const world = scriptedWorld({});
  expect(
    await run(commandTable, ["policy", ...words.map((word) => (word === "FILE" ? file : word))], world.context),
  ).toBe(exitCode);
  const lines = world.shown.map((line) => line.replaceAll(file, "FILE"));
  expect(lines).toEqual(expect.arrayContaining([...shown]));
  expect(lines.filter((line) => /^\w+: INJECTED/.test(line))).toEqual([]);
});
