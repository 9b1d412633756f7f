import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { diffLines } from "../../client/policy/diff-words.ts";
import { type Change, changesOf } from "../../policy-tools/diff.ts";
import { readScene } from "../../policy-tools/fleet.ts";
import { type LoadedPolicies, loadPolicies } from "../../policy-tools/load-policies.ts";
import type { Scene } from "../../policy-tools/scene.ts";

let directory: string;
let sample: LoadedPolicies;
let scene: Scene;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  const file = path.join(directory, "scene.yaml");
  await writeFile(
    file,
    `people: { alice: [Engineer], ada: [Engineer], bob: [OnCall], carol: [Guest] }
machines: { 111122223333/Build: [Engineer] }
instances: { dev-1: { tags: { env: dev } }, prod-1: { tags: { env: prod } }, staging-1: { tags: { env: staging } } }
`,
  );
  sample = await loadPolicies("policies");
  scene = await readScene([file], sample.settings);
});
afterAll(() => rm(directory, { recursive: true }));

let sets = 0;
/** The sample policies with one file that is different. */
async function changed(file: string, from: string, to: string): Promise<LoadedPolicies> {
  const policies = path.join(directory, `changed-${++sets}`);
  await cp("policies", policies, { recursive: true });
  const text = await readFile(path.join(policies, file), "utf8");
  expect(text).toContain(from);
  await writeFile(path.join(policies, file), text.replace(from, to));
  return loadPolicies(policies, "cdk.json");
}

/** A set of one policy, and of one that lets everybody see everything. @param viewers instead of everybody */
async function only(policy: string, viewers = "principal"): Promise<LoadedPolicies> {
  const policies = path.join(directory, `only-${++sets}`);
  await mkdir(policies);
  await cp("policies/schema.cedarschema", path.join(policies, "schema.cedarschema"));
  const view = `@id("view") permit (${viewers}, action == Latchkey::Action::"view", resource);`;
  await writeFile(path.join(policies, "x.cedar"), `${view}\n@id("x") ${policy};`);
  return loadPolicies(policies, "cdk.json");
}

/** Who gains what, and in which contexts, as the command tells it. */
function gainsIn(changes: readonly Change[]): string[] {
  const gains = changes.filter(({ direction }) => direction === "gains");
  return diffLines({ before: "", after: "", changes: gains }).filter((line) => /^\+|^ {4}with/.test(line));
}

const approved = '(context.osUser == "root" && context.access.approvals >= 2)';
const serialForbidden = `when { context.connectionType == "serial" }\nunless\n{\n  principal is Latchkey::Person &&`;

describe("a loosening of the sample policies is shown by who gains what", () => {
  test.each<[sentence: string, file: string, from: string, to: string, gains: readonly string[]]>([
    [
      "a condition dropped",
      "dev.cedar",
      ' &&\n  ["ec2-user", "ubuntu", "admin"].contains(context.osUser)',
      "",
      ["+ alice, ada, bob: connect dev-1", "    with connectionType direct or eice, osUser somebody-else"],
    ],
    [
      "a group added",
      "dev.cedar",
      'Latchkey::Group::"ChatBot"] &&',
      'Latchkey::Group::"Guest"] &&',
      ["+ carol: view dev-1", "+ carol: readAudit dev-1"],
    ],
    [
      "machines let in",
      "dev.cedar",
      'principal is Latchkey::Person,\n  action == Latchkey::Action::"connect"',
      'principal,\n  action == Latchkey::Action::"connect"',
      [
        "+ 111122223333/Build: connect dev-1",
        "    with connectionType direct or eice, osUser ec2-user or admin or ubuntu",
      ],
    ],
    [
      "&& to ||",
      "prod.cedar",
      approved,
      approved.replace("&&", "||"),
      [
        "+ alice, ada, bob: connect prod-1",
        "    with access present, access.approvals 0 or 1, access.reason a reason or somebody-else, connectionType direct or eice, osUser root",
        "    with access present, access.approvals 2 or 3, access.reason a reason or somebody-else, connectionType direct or eice, osUser somebody-else",
      ],
    ],
    [
      "a forbid narrowed",
      "serial-console.cedar",
      'when { context.connectionType == "serial" }',
      'when { context.connectionType == "serial" && context.osUser == "root" }',
      ["+ alice, ada: connect dev-1", "    with connectionType serial, osUser ec2-user or admin or ubuntu"],
    ],
    [
      "a forbid whose exception was turned round",
      "serial-console.cedar",
      serialForbidden,
      serialForbidden.replace("unless", "when"),
      ["+ alice, ada: connect dev-1", "    with connectionType serial, osUser ec2-user or admin or ubuntu"],
    ],
    [
      "a forbid that no longer applies at all",
      "serial-console.cedar",
      "forbid (\n  principal,",
      'forbid (\n  principal in Latchkey::Group::"Guest",',
      ["+ alice, ada: connect dev-1", "    with connectionType serial, osUser ec2-user or admin or ubuntu"],
    ],
    [
      "a number of approvals lowered",
      "prod.cedar",
      approved,
      approved.replace("2", "1"),
      [
        "+ alice, ada, bob: connect prod-1",
        "    with access present, access.approvals 1, access.reason a reason or somebody-else, connectionType direct or eice, osUser root",
      ],
    ],
    [
      "a reason no longer asked for",
      "prod.cedar",
      'context.access.reason != "" &&\n  ((',
      "((",
      [
        "+ alice, ada, bob: connect prod-1",
        '    with access present, access.approvals 1 or 2 or 3, access.reason "", connectionType direct or eice, osUser ec2-user',
      ],
    ],
    [
      "an OS user added",
      "dev.cedar",
      '"ubuntu", "admin"]',
      '"ubuntu", "admin", "root"]',
      ["+ alice, ada, bob: connect dev-1", "    with connectionType direct or eice, osUser root"],
    ],
    [
      "a bound raised",
      "dev.cedar",
      "43200",
      "86400",
      ["+ alice, ada, bob: request dev-1", "    with breakGlass false"],
    ],
    [
      "a time to wait for reviews raised",
      "prod.cedar",
      '@pendingTimeoutSeconds("3600")',
      '@pendingTimeoutSeconds("7200")',
      ["+ alice, ada, bob: request prod-1", "    with breakGlass false"],
    ],
    [
      "a list of actions widened",
      "prod.cedar",
      'action in [Latchkey::Action::"review", Latchkey::Action::"revoke"]',
      'action in [Latchkey::Action::"review", Latchkey::Action::"revoke", Latchkey::Action::"request"]',
      ["+ bob: request prod-1", "    with breakGlass true, osUser somebody-else"],
    ],
    [
      "emergencies let in",
      "dev.cedar",
      " &&\n  !context.breakGlass",
      "",
      ["+ alice, ada, bob: request dev-1", "    with breakGlass true"],
    ],
    [
      "a tag's value widened",
      "prod.cedar",
      'resource.getTag("env") == "prod"\n};\n\n@id("prod-connect-with-approval")',
      'resource.getTag("env") like "*"\n};\n\n@id("prod-connect-with-approval")',
      [
        "+ alice, ada, bob, 111122223333/Build: view staging-1",
        "+ alice, ada, bob, 111122223333/Build: readAudit staging-1",
      ],
    ],
    [
      "a permission of callers who may not see the instance",
      "dev.cedar",
      'Latchkey::Group::"OnCall"] &&\n  resource.hasTag("env") &&\n  resource.getTag("env") == "dev" &&\n  !',
      'Latchkey::Group::"OnCall", Latchkey::Group::"Guest"] &&\n  resource.hasTag("env") &&\n  resource.getTag("env") == "dev" &&\n  !',
      ["+ carol: request dev-1", "    with breakGlass false"],
    ],
  ])("%s", async (_, file, from, to, gains) => {
    const found = gainsIn(changesOf({ before: sample, after: await changed(file, from, to) }, scene));
    expect(found).toEqual(expect.arrayContaining([...gains]));
  });
});

describe("a loosening that only shows in some contexts is found", () => {
  const connect = (condition: string) =>
    `permit (principal, action == Latchkey::Action::"connect", resource) when { ${condition} }`;
  const everybody = "+ alice, ada, bob, carol, 111122223333/Build: connect dev-1, prod-1, staging-1";
  test.each<[sentence: string, before: string, after: string, context: string]>([
    ["at an hour", "context.time.hour < 18", "context.time.hour < 20", "time.hour 18 or 19"],
    ["on a weekday", "context.time.weekday <= 5", "context.time.weekday != 7", "time.weekday 6"],
    ["for a level of trust", "context.hostKeyTrust >= 2", "context.hostKeyTrust > 0", "hostKeyTrust 1"],
    [
      "for a pattern",
      'context.osUser like "ops-*"',
      'context.osUser like "*"',
      "osUser ec2-user or somebody-else or x",
    ],
    [
      "for two attributes together",
      'context.osUser == "root" && context.connectionType == "eice"',
      'context.osUser == "root" || context.connectionType == "eice"',
      "connectionType direct or serial, osUser root",
    ],
    [
      "for the time that access has left",
      "context has access && context.access.expiresAt - context.time.epoch < 600",
      "context has access && context.access.expiresAt - context.time.epoch < 900",
      "access present, access.expiresAt ",
    ],
  ])("%s", async (_, before, after, context) => {
    const [one, other] = [await only(connect(before)), await only(connect(after))];
    const found = gainsIn(changesOf({ before: one, after: other }, scene));
    expect(found).toEqual(expect.arrayContaining([everybody, expect.stringContaining(`    with ${context}`)]));
  });
});

test("those who may see more instances gain what was permitted there, but hidden", async () => {
  const connect = 'permit (principal, action == Latchkey::Action::"connect", resource)';
  const before = await only(connect, 'principal in Latchkey::Group::"Engineer"');
  expect(gainsIn(changesOf({ before, after: await only(connect) }, scene))).toEqual([
    "+ bob, carol: connect dev-1, prod-1, staging-1",
    "+ bob, carol: view dev-1, prod-1, staging-1",
  ]);
});

test("nobody gains or loses by names, order and words", async () => {
  const after = await changed("dev.cedar", '@id("dev-view")', '@id("dev-see")\n@description("to see")');
  expect(diffLines({ before: "", after: "", changes: changesOf({ before: sample, after }, scene) })).toEqual([
    "nobody gains or loses anything",
  ]);
});

test("a tightening is shown by who loses", async () => {
  const after = await changed("dev.cedar", '"ubuntu", "admin"]', '"ubuntu"]');
  const lines = diffLines({ before: "", after: "", changes: changesOf({ before: sample, after }, scene) });
  expect(lines).toEqual([
    "After this change, these can no longer do what they could:",
    "- alice, ada, bob: connect dev-1",
    "    with connectionType direct or eice, osUser admin",
    "    before: allow by dev-connect",
    "    after:  deny: no policy permits it",
  ]);
});
