import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { readSettings } from "../../lib/settings.ts";
import { mostTemplateBytes } from "../../lib/target-template.ts";
import { isAllowed, type Statement } from "../../local/aws/iam.ts";
import { readTemplate } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const hub = { account: "111122223333", region: "us-east-1" };
const organization = "o-a1b2c3d4e5";
const unit = { id: "ou-ab12-cdefgh34", regions: ["eu-west-1", "us-east-1"] };

/** Five settings files. */
const files: Readonly<Record<string, object>> = {
  "one account, without an organization": {
    targets: { hub, externalId: "latchkey", accounts: [{ account: "444455556666", regions: ["eu-west-1"] }] },
  },
  "a hundred accounts in four regions each": {
    targets: {
      hub,
      organization,
      externalId: "latchkey",
      accounts: Array.from({ length: 100 }, (_, index) => ({
        account: String(444_400_000_000 + index),
        regions: ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2"],
      })),
    },
  },
  "every setting, with a unit by stack sets": { ...everySetting, serialConsole: true },
  "GovCloud, with FIPS names": {
    targets: {
      hub: { ...hub, region: "us-gov-west-1" },
      organization,
      externalId: "urn:latchkey/gov",
      accounts: [{ account: "444455556666", regions: ["us-gov-west-1", "us-gov-east-1"] }],
      organizationalUnits: [{ id: unit.id, regions: ["us-gov-east-1"] }],
    },
    fips: true,
    rolePath: "/company/latchkey/",
    pushTag: { key: "team", value: "web" },
  },
  "China, the whole organization, with a key of the stack's own": {
    targets: {
      hub: { ...hub, region: "cn-north-1" },
      organization,
      externalId: "latchkey",
      organizationalUnits: [{ id: "r-ab12", regions: ["cn-north-1", "cn-northwest-1"] }],
      stackSets: true,
    },
    encryption: "own",
    permissionsBoundary: "LatchkeyBoundary",
  },
};

const stack = z.object({ violations: z.array(z.string()), template: z.looseObject({ Resources: z.unknown() }) });
const results = z
  .array(stack.extend({ error: z.string().optional(), targets: z.record(z.string(), stack) }))
  .parse(
    JSON.parse(
      execFileSync(
        process.execPath,
        [path.resolve(import.meta.dirname, "../support/synthesize-each.ts"), JSON.stringify(Object.values(files))],
        { encoding: "utf8", maxBuffer: 256 << 20, env: { ...process.env, CDK_VALIDATION: "false" } },
      ),
    ),
  );

const role = z.object({
  RoleName: z.string().optional(),
  Path: z.string().default("/"),
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })),
  }),
});
const managedPolicy = z.object({
  PolicyDocument: z.object({ Statement: z.array(z.object({ Resource: z.union([z.string(), z.array(z.string())]) })) }),
});
type Account = { readonly account: string; readonly region: string };

describe.each(Object.keys(files).map((name, index) => [name, index] as const))("settings of %s", (name, index) => {
  const { error, violations, template, targets: stacks } = results[index] ?? fail();
  const settings = readSettings(files[name]);
  const targets = settings.targets ?? fail();
  const partition = { "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn" }[targets.hub.region] ?? "aws";
  const rolesIn = ({ Resources }: { Resources?: unknown }, { account, region }: Account) =>
    readTemplate(Resources, { "AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": partition })
      .all("AWS::IAM::Role", role)
      .map(({ id, properties: { RoleName, Path, AssumeRolePolicyDocument } }) => ({
        id,
        arn: `arn:${partition}:iam::${account}:role${Path}${RoleName}`,
        isNamed: RoleName !== undefined && id !== "ForwardRole",
        trust: AssumeRolePolicyDocument.Statement,
      }));
  /** Every place that a target stack goes to; a unit's accounts are known to nobody. */
  const places = [
    ...targets.accounts.flatMap(({ account, regions }) => regions.map((region) => ({ of: account, account, region }))),
    ...targets.organizationalUnits.flatMap(({ id, regions }) =>
      regions.map((region) => ({ of: id, account: "*", region })),
    ),
  ];
  const targetRoles = places.flatMap(({ of, ...place }) =>
    rolesIn(stacks[`Latchkey-Target-${of}`]?.template ?? {}, place),
  );

  test("both stacks synthesize, with every finding of cdk-nag acknowledged, and are valid by CloudFormation's schemas", () => {
    expect(error).toBeUndefined();
    expect([violations, ...Object.values(stacks).map((each) => each.violations)].flat()).toEqual([]);
    expect(Object.keys(stacks)).toHaveLength(targets.accounts.length + targets.organizationalUnits.length);
  });

  test("a target stack is small enough for a stack set, has no asset, and needs no bootstrap", () => {
    for (const each of Object.values(stacks)) {
      const text = JSON.stringify(each.template);
      expect(Buffer.byteLength(text)).toBeLessThan(mostTemplateBytes / 5);
      expect(text).not.toMatch(/bootstrap|cdk-hnb|Fn::ImportValue/i);
    }
  });

  test("the hub may assume exactly the roles that the target stacks make", () => {
    const assumed = readTemplate(template.Resources)
      .all("AWS::IAM::ManagedPolicy", managedPolicy)
      .filter(({ id }) => id.startsWith("Targets"))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement.flatMap(({ Resource }) => Resource));
    const made = targetRoles.filter(({ isNamed }) => isNamed).map(({ arn }) => arn);
    expect([...new Set(assumed)].sort()).toEqual([...new Set(made)].sort());
  });

  test("the targets trust exactly the roles that the hub's stack makes", () => {
    const functions = rolesIn(template, targets.hub).filter(({ isNamed }) => isNamed);
    const trusted = targetRoles.flatMap(({ trust }) => JSON.stringify(trust).match(/arn:[^"]+:role\/[^"]+/g) ?? []);
    expect([...new Set(trusted)].sort()).toEqual(functions.map(({ arn }) => arn).sort());
  });

  test("every ARN is of the partition", () => {
    const text = JSON.stringify([targetRoles, Object.values(stacks)]);
    expect((text.match(/arn:aws[^:"]*/g) ?? []).filter((each) => each !== `arn:${partition}`)).toEqual([]);
  });

  const nameOf = (of: string) => functionArn(partition, targets.hub, settings.rolePath, of);
  const good = {
    "aws:PrincipalArn": nameOf("Connect"),
    "sts:ExternalId": targets.externalId,
    "sts:SourceIdentity": "alice@example.com",
    ...(targets.organization && { "aws:PrincipalOrgID": targets.organization }),
  };
  const without = (key: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
  const other = (of: string) => ({ ...good, "aws:PrincipalArn": nameOf(of) });
  const outside = { ...good, "aws:PrincipalOrgID": "o-zzzzzzzzzz" };
  const [push, read, inspect, capture] = ["PushRole", "ReadRole", "InspectRole", "CaptureRole"].map(
    (id) => targetRoles.find((each) => each.id === id) ?? fail(),
  );

  test.each<[sentence: string, role: typeof push, context: Readonly<Record<string, string>>]>([
    ["another function assumes the push role", push, other("Instances")],
    ["capture assumes the read role", read, other("Capture")],
    ["inspect, which has a role of its own, assumes the read role", read, other("Inspect")],
    ["another function assumes the role that reads consoles", capture, other("Register")],
    ["capture assumes its role without an external id", capture, { "aws:PrincipalArn": nameOf("Capture") }],
    ["capture assumes the role that describes networks", inspect, other("Capture")],
    ["another function assumes the role that describes networks", inspect, other("Instances")],
    ["inspect assumes its role without an external id", inspect, { "aws:PrincipalArn": nameOf("Inspect") }],
    [
      "connect's namesake of another account assumes the push role",
      push,
      { ...good, "aws:PrincipalArn": good["aws:PrincipalArn"].replace(hub.account, "999900001111") },
    ],
    [
      "connect's namesake under another path assumes the push role",
      push,
      { ...good, "aws:PrincipalArn": good["aws:PrincipalArn"].replace(":role/", ":role/other/") },
    ],
    ["connect of another region's stack assumes the push role", push, other("Connect-elsewhere")],
    [
      "an administrator of the hub's account assumes the push role",
      push,
      { ...good, "aws:PrincipalArn": `arn:${partition}:iam::111122223333:role/Admin` },
    ],
    ["connect assumes the push role without an external id", push, without("sts:ExternalId")],
    ["connect assumes the push role with another external id", push, { ...good, "sts:ExternalId": "other" }],
    ["connect assumes the push role and says not for whom", push, without("sts:SourceIdentity")],
    ["connect assumes the read role without an external id", read, without("sts:ExternalId")],
  ])("denied: %s", (_, to, context) => {
    expect(trusts(to, "sts:AssumeRole", context)).toBe(false);
  });

  test("denied, if the organization is set: a hub that has left it", () => {
    expect([push, read].map((to) => trusts(to, "sts:AssumeRole", outside))).toEqual(
      [push, read].map(() => targets.organization === undefined),
    );
    expect(trusts(push, "sts:SetSourceIdentity", outside)).toBe(targets.organization === undefined);
  });

  test("permitted: connect assumes the push role and says for whom", () => {
    expect(trusts(push, "sts:AssumeRole", good)).toBe(true);
    expect(trusts(push, "sts:SetSourceIdentity", without("sts:ExternalId"))).toBe(true);
  });

  test("permitted: inspect and capture assume the roles that are theirs alone", () => {
    expect(trusts(inspect, "sts:AssumeRole", { ...other("Inspect"), "sts:SourceIdentity": "" })).toBe(true);
    expect(trusts(capture, "sts:AssumeRole", { ...other("Capture"), "sts:SourceIdentity": "" })).toBe(true);
  });

  test.each(["Connect", "Instances", "Access", "Wait", "Audit", "Register"])(
    "permitted: %s assumes the read role",
    (of) => {
      expect(trusts(read, "sts:AssumeRole", { ...other(of), "sts:SourceIdentity": "" })).toBe(true);
    },
  );

  test("roles and rules have names that the service control policies protect, also in a stack set", () => {
    for (const { template: each } of Object.values(stacks)) {
      const named = z.object({ RoleName: z.string().optional(), Name: z.string().optional() });
      const resources = readTemplate(each.Resources);
      const all = [...resources.all("AWS::IAM::Role", named), ...resources.all("AWS::Events::Rule", named)];
      expect(all).toHaveLength(Object.keys(resources.resolved).length);
      for (const { properties } of all) expect(properties.RoleName ?? properties.Name).toMatch(/^Latchkey-/);
    }
  });

  test("roles that describe are made once in an account, in the first region", () => {
    for (const [of, each] of Object.entries(stacks)) {
      const { regions = [] } =
        [
          ...targets.accounts.map(({ account, regions }) => ({ id: account, regions })),
          ...targets.organizationalUnits,
        ].find(({ id }) => of.endsWith(id)) ?? {};
      expect(each.template).toMatchObject({
        Conditions: { IsFirstRegion: { "Fn::Equals": [{ Ref: "AWS::Region" }, regions[0]] } },
        Resources: {
          ReadRole: { Condition: "IsFirstRegion" },
          InspectRole: { Condition: "IsFirstRegion" },
          CaptureRole: { Condition: "IsFirstRegion" },
        },
      });
    }
  });

  test("there is a stack set for each unit, if the settings say so, with the unit's own template", () => {
    const sets = readTemplate(template.Resources).all(
      "AWS::CloudFormation::StackSet",
      z.looseObject({ TemplateBody: z.string().transform((text) => JSON.parse(text)) }),
    );
    const units = targets.stackSets ? targets.organizationalUnits : [];
    expect(sets.map(({ properties }) => properties)).toEqual(
      units.map(({ id, regions }) =>
        expect.objectContaining({
          StackSetName: `Latchkey-Target-${id}`,
          PermissionModel: "SERVICE_MANAGED",
          CallAs: "DELEGATED_ADMIN",
          StackInstancesGroup: [{ DeploymentTargets: { OrganizationalUnitIds: [id] }, Regions: regions }],
          TemplateBody: stacks[`Latchkey-Target-${id}`]?.template,
        }),
      ),
    );
  });
});

function functionArn(partition: string, { account, region }: Account, rolePath: string, of: string): string {
  const [name, elsewhere] = of.split("-");
  return `arn:${partition}:iam::${account}:role${rolePath}Latchkey-${name}Role-${elsewhere ? "eu-north-1" : region}`;
}

/** Whether a role's trust policy permits it; such a policy has no resource but its role. */
function trusts(
  to: { trust: readonly object[] } | undefined,
  action: string,
  context: Readonly<Record<string, string>>,
): boolean {
  const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== ""));
  const Statement = (to?.trust ?? []).map((each) => ({ ...each, Resource: "*" }) as Statement);
  return isAllowed([{ Version: "2012-10-17", Statement }], { action, resource: "*", context: given });
}

function fail(): never {
  throw new Error("There is no such result");
}
