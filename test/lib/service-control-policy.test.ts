import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { functionNames } from "../../contract/routes.ts";
import type { IamRequest } from "../../local/aws/iam.ts";
import {
  arn,
  type Caller,
  filledText,
  may,
  physical,
  placeholders,
  read,
  role,
  root,
  scp,
  scpText,
} from "../support/service-control-policy.ts";
import { synthesize } from "../support/synthesized-stack.ts";

const web = arn("ec2", "instance/i-0123456789abcdef0");
const push = { action: "ec2-instance-connect:SendSSHPublicKey", resource: web };
const serial = { action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey", resource: web };
const tunnel = {
  action: "ec2-instance-connect:OpenTunnel",
  resource: arn("ec2", "instance-connect-endpoint/eice-0123456789abcdef0"),
};
const tag = { action: "ec2:CreateTags", resource: web };
const untag = { action: "ec2:DeleteTags", resource: web };
const keys = (...names: string[]) => ({ "aws:TagKeys": names });
const onRole = (action: string, name: string) => ({ action: `iam:${action}`, resource: role(name) });
const pushRole = physical("PushRole3E6735B2");
const assumePushRole = { action: "sts:AssumeRole", resource: role(pushRole) };
const invoke = { action: "lambda:InvokeFunction", resource: arn("lambda", "function:Latchkey-Connect5B7625CA-x") };
const putItem = { action: "dynamodb:PutItem", resource: arn("dynamodb", "table/Latchkey-TableCD117FA1-x") };
const patchApi = {
  action: "apigateway:PATCH",
  resource: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/live",
};
const update = { action: "cloudformation:UpdateStack", resource: arn("cloudformation", "stack/Latchkey/0a1b") };

type Row = [sentence: string, caller: Caller, request: Omit<IamRequest, "context">, context?: IamRequest["context"]];

test.each<Row>([
  ["an engineer pushes a key", "engineer", push],
  ["an administrator pushes a key", "admin", push],
  ["the account's root pushes a key", "root", push],
  ["a user by the push role's name pushes a key", "user", push],
  ["a deployer pushes a key", "deployer", push],
  ["connect's own role pushes a key", "connect", push],
  ["the push role's namesake in another account pushes a key", "push role's namesake in another account", push],
  ["an engineer pushes a key to the serial console", "engineer", serial],
  ["an engineer opens a tunnel", "engineer", tunnel],
  ["an administrator opens a tunnel", "admin", tunnel],
  ["an administrator assumes the push role", "admin", assumePushRole],
  ["a deployer assumes the push role", "deployer", assumePushRole],
  ["another function assumes the push role", "instances", assumePushRole],
  ["an engineer makes prod dev", "engineer", tag, keys("env")],
  ["an engineer hides env among other tags", "engineer", tag, keys("Name", "owner", "env")],
  ["an engineer sets the tag of pushes in another case, which IAM takes for the same", "engineer", tag, keys("TEAM")],
  ["an engineer changes the OS user", "engineer", tag, keys("latchkey:os-user")],
  ["an engineer makes a tag that Latchkey may come to read", "engineer", tag, keys("latchkey:new")],
  ["an engineer takes env away", "engineer", untag, keys("env")],
  ["an engineer takes all tags away, by naming none", "engineer", untag],
  [
    "an engineer launches an instance with env",
    "engineer",
    tag,
    { ...keys("env"), "ec2:CreateAction": "RunInstances" },
  ],
  ["an administrator makes prod dev", "admin", tag, keys("env")],
  ["a deployer makes prod dev", "deployer", tag, keys("env")],
  ["the root user makes prod dev", "root", tag, keys("env")],
  ["an administrator lets others assume the push role", "admin", onRole("UpdateAssumeRolePolicy", pushRole)],
  ["an administrator gives the push role a policy", "admin", onRole("PutRolePolicy", pushRole)],
  ["an administrator attaches a policy to the push role", "admin", onRole("AttachRolePolicy", pushRole)],
  ["an administrator lifts its boundary", "admin", onRole("DeleteRolePermissionsBoundary", pushRole)],
  ["an engineer passes connect's role to a function", "engineer", onRole("PassRole", physical("ConnectRole7D5A57B5"))],
  ["an engineer passes the deployer's role", "engineer", onRole("PassRole", "cdk-latchkey-cfn-exec-role-1-us-east-1")],
  ["an engineer makes a role that looks like the push role", "engineer", onRole("CreateRole", "Latchkey-PushRoleX")],
  ["an engineer makes a role that looks like a deployer's", "engineer", onRole("CreateRole", "cdk-latchkey-mine")],
  ["an engineer recreates the tag administrator's role", "engineer", onRole("CreateRole", "TagAdmin")],
  ["a tag administrator widens their own role", "tag admin", onRole("PutRolePolicy", "TagAdmin")],
  ["a function's role changes the push role", "connect", onRole("UpdateAssumeRolePolicy", pushRole)],
  ["an administrator invokes a function, with any caller in the event", "admin", invoke],
  ["an administrator changes a function's code", "admin", { ...invoke, action: "lambda:UpdateFunctionCode" }],
  ["an administrator lets another API invoke a function", "admin", { ...invoke, action: "lambda:AddPermission" }],
  ["an administrator changes the API", "admin", patchApi],
  ["an engineer writes host keys into the table", "engineer", putItem],
  ["an administrator rewrites the trail", "admin", { ...putItem, action: "dynamodb:PartiQLUpdate" }],
  ["an administrator lets the trail's items expire", "admin", { ...putItem, action: "dynamodb:UpdateTimeToLive" }],
  ["an engineer updates the stack, with the deployer's role", "engineer", update],
])("denied: %s", (_, caller, request, ...[context]) => {
  expect(may(caller, request, context)).toBe(false);
});

test.each<Row>([
  ["the push role pushes a key", "push role", push],
  ["the push role opens a tunnel", "push role", tunnel],
  ["connect assumes the push role", "connect", assumePushRole],
  [
    "connect assumes some other role, so far as the SCP goes",
    "connect",
    { ...assumePushRole, resource: role("Other") },
  ],
  ["a tag administrator sets env", "tag admin", tag, keys("env")],
  ["a tag administrator sets the OS user", "tag admin", tag, keys("latchkey:os-user")],
  ["a tag administrator takes all tags away", "tag admin", untag],
  ["an engineer names an instance", "engineer", tag, keys("Name")],
  ["an engineer takes a name away", "engineer", untag, keys("Name")],
  ["an engineer sets env on a volume", "engineer", { ...tag, resource: arn("ec2", "volume/vol-1") }, keys("env")],
  ["an engineer launches an instance without a deciding tag", "engineer", { ...tag, action: "ec2:RunInstances" }],
  ["an engineer reads the push role", "engineer", onRole("GetRole", pushRole)],
  ["an engineer makes a role of another name", "engineer", onRole("CreateRole", "Engineer-Lambda")],
  ["an engineer invokes another function", "engineer", { ...invoke, resource: arn("lambda", "function:other") }],
  ["an engineer reads the table, so far as the SCP goes", "engineer", { ...putItem, action: "dynamodb:Query" }],
  ["an engineer calls the API", "engineer", { ...patchApi, action: "execute-api:Invoke" }],
  ["connect writes to the table", "connect", putItem],
  ["a deployer changes the push role", "deployer", onRole("PutRolePolicy", pushRole)],
  ["a deployer changes a function's code", "deployer", { ...invoke, action: "lambda:UpdateFunctionCode" }],
  ["a deployer changes the API", "deployer", patchApi],
  ["a deployer updates the stack", "deployer", update],
])("not denied: %s", (_, caller, request, ...[context]) => {
  expect(may(caller, request, context)).toBe(true);
});

describe("the document", () => {
  test("stays within the size limit of an SCP, with room for longer names", () => {
    expect(Math.max(scpText.length, filledText.length)).toBeLessThan(5_120 - 400);
  });

  test("has these placeholders and no others, each explained", () => {
    const found = new Set([...scpText.matchAll(/<([A-Z_]+)>/g)].map(([, name = ""]) => name));
    expect([...found].sort()).toEqual(Object.keys(placeholders).sort());
    expect(filledText).not.toMatch(/[<>]/);
    for (const name of found) expect(read("docs/service-control-policy.md")).toContain(`\`<${name}>\``);
  });

  test("only denies, and each statement is explained", () => {
    for (const { Sid, Effect } of [scp.Statement].flat()) {
      expect(Effect).toBe("Deny");
      expect(read("docs/service-control-policy.md")).toContain(`**${Sid}**`);
    }
  });

  test("uses the names of the stack's roles, functions and table", () => {
    const { stackName, resolved } = synthesize({});
    expect(stackName).toBe("Latchkey");
    const named = /^AWS::(IAM::Role|Lambda::Function|DynamoDB::GlobalTable)$/;
    const ids = Object.entries(resolved).filter(([, { Type }]) => named.test(Type));
    const ofFunctions = functionNames
      .map((name) => name.charAt(0).toUpperCase() + name.slice(1))
      .flatMap((name) => [name, `${name}Role`]);
    expect(ids.map(([id]) => id.replace(/[0-9A-F]{8}$/, "")).sort()).toEqual(
      ["ApiCloudWatchRole", "PushRole", "Table", ...ofFunctions].sort(),
    );
    // A fixed name would not start with the stack's.
    const names = ids.flatMap(([, { Properties }]) => Object.keys(Properties ?? {}));
    expect(names.filter((name) => ["RoleName", "FunctionName", "TableName"].includes(name))).toEqual([]);
  });

  test("protects every tag that policies and functions read", () => {
    const decided = filesIn("policies", ".cedar").flatMap((file) => [
      ...read(file).matchAll(/getTag\("([^"]+)"\)|hasTag\("([^"]+)"\)/g),
    ]);
    const readByCode = filesIn("lambda", ".ts").flatMap((file) => [...read(file).matchAll(/"(latchkey:[a-z-]+)"/g)]);
    const names = new Set([...decided, ...readByCode].map(([, one, other]) => one ?? other ?? ""));
    expect([...names].sort()).toEqual(["env", "latchkey:os-user", "latchkey:ssh-port"]);
    for (const name of names) expect([name, may("engineer", tag, keys(name))]).toEqual([name, false]);
  });
});

function filesIn(directory: string, extension: string): string[] {
  return readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(directory, file));
}
