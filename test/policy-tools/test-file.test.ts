import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type LoadedPolicies, loadPolicies } from "../../policy-tools/load-policies.ts";
import { runRows } from "../../policy-tools/run-tests.ts";
import { readTestFile } from "../../policy-tools/test-file.ts";
import { Unusable } from "../../policy-tools/unusable.ts";

let directory: string;
let file: string;
let loaded: LoadedPolicies;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  file = path.join(directory, "t.yaml");
  loaded = await loadPolicies("policies");
});
afterAll(() => rm(directory, { recursive: true }));

const scene = `people: { alice: [Engineer], bob: [OnCall] }
machines: { 111122223333/ChatBot: [ChatBot] }
instances: { dev-1: { tags: { env: dev } }, prod-1: { tags: { env: prod } } }
`;

async function readRows(text: string) {
  await writeFile(file, text);
  return readTestFile(file, { schema: loaded.compiled.schema, settings: loaded.settings });
}

/** What is wrong with a file, without its directory. */
async function complaintsAbout(text: string): Promise<readonly string[]> {
  try {
    await readRows(text);
    return [];
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return error.complaints.map((each) => each.replaceAll(`${directory}/`, ""));
  }
}

/** A file with one row. @param row its fields, in YAML's flow form */
const withRow = (row: string) => `${scene}tests:\n  - {${row}}\n`;

describe("a file that cannot be used", () => {
  test.each<[sentence: string, text: string, complaint: string]>([
    ["that is no YAML", "people: {", "t.yaml:1:10 Flow map in block collection must be sufficiently indented"],
    ["with a name twice", "people: { a: [], a: [] }", "t.yaml:1:18 Map keys must be unique"],
    ["with a name that an object loses", "people: { __proto__: [] }", "t.yaml:1:11 __proto__ names nothing"],
    ["without tests", scene, "t.yaml:1:1 /tests: Invalid input: expected array, received undefined"],
    ["with an unknown part", `${withRow("")}x: 1`, 't.yaml:1:1 /: Unrecognized key: "x"'],
    [
      "with an unknown group",
      "people: { alice: [Enginer] }\ntests: [{ caller: alice, action: view, instance: a, expect: deny }]",
      't.yaml:1:18 /people/alice: the setting groups has no "Enginer" (did you mean "Engineer"?)',
    ],
    [
      "with an id that no person has",
      "people: { Alice: [] }\ntests: [{ caller: a, action: view, instance: a, expect: deny }]",
      't.yaml:1:18 /people/Alice: no person can have the id "Alice": ',
    ],
    [
      "with a role of people as a machine",
      "machines: { 111122223333/Engineer: [] }\ntests: [{ caller: a, action: view, instance: a, expect: deny }]",
      't.yaml:1:36 /machines/111122223333~1Engineer: no machine can have the id "111122223333/Engineer": ',
    ],
    [
      "with an instance's id that there is not",
      "instances: { a: { id: i-1 } }\ntests: [{ caller: a, action: view, instance: a, expect: deny }]",
      't.yaml:1:17 /instances/a: no instance can have the id "111122223333/us-east-1/i-1": ',
    ],
    [
      "with a tag that is a number",
      "instances: { a: { tags: { env: 1 } } }\ntests: [{ caller: a, action: view, instance: a, expect: deny }]",
      "t.yaml:1:32 /instances/a/tags/env: must be text: put it in quotes",
    ],
    [
      "with a region that there is not",
      "instances: { a: { region: EU-WEST-1 } }\ntests: [{ caller: a, action: view, instance: a, expect: deny }]",
      "t.yaml:1:27 /instances/a/region: must be a region's name, such as eu-west-1",
    ],
  ])("%s", async (_, text, complaint) => {
    expect(await complaintsAbout(text)).toEqual(expect.arrayContaining([expect.stringContaining(complaint)]));
  });

  const row = { caller: "alice", action: "connect", instance: "prod-1", expect: "deny" };
  test.each<[sentence: string, fields: Readonly<Record<string, string>>, complaint: string]>([
    [
      "whose row names nobody",
      { caller: "alise" },
      '/tests/0/caller: there is no caller "alise" (did you mean "alice"?)',
    ],
    ["whose row leaves out nobody", { caller: "{ except: x }" }, '/tests/0/caller: there is no caller "x"'],
    ["whose row names no action", { action: "conect" }, 'there is no action "conect" (did you mean "connect"?)'],
    ["whose row names no instance", { instance: "[dev-1, x]" }, '/tests/0/instance: there is no instance "x"'],
    ["whose row does not say who is suspended", { action: "suspend" }, "/tests/0: asks nothing"],
    ["whose row asks nothing", { instance: "{ except: [dev-1, prod-1] }" }, "/tests/0: asks nothing"],
    ["whose row has an unknown field", { who: "alice" }, '/tests/0: Unrecognized key: "who"'],
    ["whose row expects something else", { expect: "perhaps" }, "/tests/0/expect: must be allow, deny, approval"],
    ["whose row expects approvals of a denial", { expect: "deny with 1 approval" }, "takes approvals only if required"],
    [
      "whose context has an unknown attribute",
      { context: "{ user: root }" },
      "/tests/0/context/user: connect: there is no user here: there is access, ",
    ],
    [
      "whose action takes no context",
      { action: "view", context: "{ osUser: root }" },
      "view: there is no osUser here: there is nothing",
    ],
    [
      "whose access has an unknown attribute",
      { context: "{ access: { approval: 1 } }" },
      "/tests/0/context/access/approval: connect: there is no access.approval here",
    ],
    ["whose access is no record", { context: "{ access: yes }" }, "access must be its attributes: approvals, "],
    [
      "with an OS user that there is not",
      { context: "{ osUser: a b }" },
      "/tests/0/context/osUser: connect: osUser must be an OS user",
    ],
    [
      "with a connection type that there is not",
      { context: "{ connectionType: ssm }" },
      "must be direct or eice or serial",
    ],
    [
      "with an hour that there is not",
      { context: "{ time: { hour: 24 } }" },
      "time.hour must be a whole number from 0 to 23",
    ],
    ["with a time that is none", { context: "{ time: noon }" }, "time must be its attributes, or a time such as"],
    ["with more approvals than Latchkey counts", { context: "{ access: { approvals: 11 } }" }, "from 0 to 10"],
    [
      "with text for a number",
      { context: "{ hostKeyTrust: high }" },
      "hostKeyTrust must be a whole number from 0 to 3",
    ],
  ])("%s", async (_, fields, complaint) => {
    const text = withRow(
      Object.entries({ ...row, ...fields })
        .map(([name, value]) => `${name}: ${value}`)
        .join(", "),
    );
    expect(await complaintsAbout(text)).toEqual([expect.stringContaining(complaint)]);
    expect(await complaintsAbout(text)).toEqual([expect.stringMatching(/^t\.yaml:5:\d+ \/tests\/0/)]);
  });

  test("that asks more than a hundred thousand questions", async () => {
    const osUsers = Array.from({ length: 64 }, (_, index) => `user${index}`);
    const context = `{ hostKeyTrust: [0, 1, 2, 3], access: [${"{}, ".repeat(99)}{}], osUser: [${osUsers}] }`;
    const text = withRow(`caller: "*", action: connect, instance: "*", expect: deny, context: ${context}`);
    expect(await complaintsAbout(text)).toEqual([expect.stringContaining("100000 are the most")]);
  });
});

describe("a row", () => {
  /** Questions of a row that are not as expected. */
  const failedIn = async (row: string) => {
    const [result] = runRows(loaded.engine, await readRows(withRow(row)));
    return result?.failed.map(({ caller, resource, context, decided }) => ({ caller, resource, context, ...decided }));
  };
  const nothing = { policies: [], isHidden: false };

  test.each<[sentence: string, row: string, failed: unknown]>([
    [
      "fails if a permission is denied, and says what access it needs",
      "caller: alice, action: connect, instance: [dev-1, prod-1], expect: allow",
      [
        {
          caller: "alice",
          resource: "prod-1",
          context: {},
          ...nothing,
          decision: "approval-required",
          requirements: { approvals: 1, reason: true },
        },
      ],
    ],
    [
      "fails if a denial is permitted, and says by which policies",
      "caller: [alice, 111122223333/ChatBot], action: view, instance: dev-1, expect: deny",
      ["alice", "111122223333/ChatBot"].map((caller) => ({
        caller,
        resource: "dev-1",
        context: {},
        decision: "allow",
        policies: ["dev-view"],
        isHidden: false,
      })),
    ],
    [
      "fails for the one of several contexts that is different",
      "caller: alice, action: connect, instance: dev-1, context: { osUser: [ubuntu, root] }, expect: allow",
      [{ caller: "alice", resource: "dev-1", context: { osUser: "root" }, ...nothing, decision: "deny" }],
    ],
    [
      "fails if fewer approvals are needed than it says",
      "caller: alice, action: connect, instance: prod-1, expect: approval-required with 2 approvals",
      [expect.objectContaining({ requirements: { approvals: 1, reason: true } })],
    ],
    [
      "fails if other policies decide",
      "caller: alice, action: connect, instance: dev-1, expect: allow, policies: [dev-connect, dev-view]",
      [expect.objectContaining({ decision: "allow", policies: ["dev-connect"] })],
    ],
    [
      "fails if the bounds are others",
      "caller: alice, action: request, instance: dev-1, expect: allow, bounds: { maxDurationSeconds: 3600 }",
      [
        expect.objectContaining({
          bounds: { maxDurationSeconds: 43_200, maxTotalSeconds: 86_400, pendingTimeoutSeconds: 3600 },
        }),
      ],
    ],
    [
      "passes for a moment that is given as text",
      'caller: alice, action: connect, instance: dev-1, context: { time: "2026-03-07T23:30:00+01:00" }, expect: allow',
      [],
    ],
    [
      "passes for approvals that are as it says",
      "caller: alice, action: connect, instance: prod-1, context: { osUser: root }, expect: approval-required with 2 approvals and a reason",
      [],
    ],
  ])("%s", async (_, row, failed) => {
    expect(await failedIn(row)).toEqual(failed);
  });
});
