import { beforeAll, describe, expect, test } from "@jest/globals";
import { type BundleName, bundleNames, type FunctionName, functionNames } from "../../contract/routes.ts";
import { assumeTargets } from "../../lib/assume-targets.ts";
import { pushPermissions, pushRoleUser } from "../../lib/instance-permissions.ts";
import { functionPermissions, queuePermissions, syncQueuePermissions } from "../../lib/permissions.ts";
import { readSettings } from "../../lib/settings.ts";
import type { Places, Statement } from "../../lib/statements.ts";
import { hubNames, readers } from "../../lib/target-names.ts";
import { type IamRequest, isAllowed } from "../../local/aws/iam.ts";
import { awsCalls } from "../support/aws-calls.ts";
import { everySetting } from "../support/template-settings.ts";

const places: Places = {
  partition: "aws",
  region: "us-east-1",
  urlSuffix: "amazonaws.com",
  account: "111122223333",
  tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/latchkey",
  streamArn: "arn:aws:dynamodb:us-east-1:111122223333:table/latchkey/stream/2026-01-01T00:00:00.000",
  inventoryTableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/latchkey-inventory",
  eventBusArn: "arn:aws:events:us-east-1:111122223333:event-bus/latchkey",
  syncQueueArn: "arn:aws:sqs:us-east-1:111122223333:latchkey-sync",
  hasUnits: true,
  pushRoleArn: "arn:aws:iam::111122223333:role/latchkey-push",
};
const actionsOf = (statements: readonly Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))].sort();

/** The first two are made with the push role's credentials, not the function's own; the third is the SDK's, and never made. */
const notItsOwn = [
  "ec2-instance-connect:SendSSHPublicKey",
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
  "dynamodb:DescribeEndpoints",
];
/** What a function may do, with what the roles of targets take. */
function permissionsOf(name: FunctionName): readonly Statement[] {
  const settings = readSettings(everySetting);
  const { targets } = settings;
  const reader = readers.find((each) => each === name);
  if (!targets || !reader) return functionPermissions(places)[name];
  return [
    ...functionPermissions(places)[name],
    ...assumeTargets(hubNames("Latchkey", targets, settings), targets, reader),
  ];
}

let calls: Record<FunctionName, string[]>;
beforeAll(async () => {
  calls = await awsCalls();
});

test.each(functionNames)("%s may make exactly the calls that its code makes", (name) => {
  const called = calls[name].filter((call) => !notItsOwn.includes(call));
  // Without a call of its own: it names the subject of the push role's session.
  const needed = [...called, ...(name === pushRoleUser ? ["sts:SetSourceIdentity"] : [])];
  expect(actionsOf(permissionsOf(name))).toEqual(needed.sort());
});

test.each([
  ["made", "person", ["link"]],
  ["ended", "linkedTo", ["chat", "link", "sweep"]],
])("the link of a Slack user is %s by no other functions: they may write its %s", (_, attribute, writers) => {
  const slack = {
    secretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:slack",
    inputQueueArn: "arn:aws:sqs:us-east-1:111122223333:latchkey-chat",
    eventQueueArn: "arn:aws:sqs:us-east-1:111122223333:latchkey-chat-events",
  };
  const permissions = functionPermissions({ ...places, slack });
  const context = {
    "dynamodb:LeadingKeys": ["chat-link#slack/T0LOCAL/U0ALICE"],
    "dynamodb:Attributes": ["pk", "sk", "v", attribute],
  };
  const may = (name: BundleName) =>
    ["PutItem", "UpdateItem"].some((operation) =>
      isAllowed([{ Version: "2012-10-17", Statement: permissions[name] }], {
        action: `dynamodb:${operation}`,
        resource: places.tableArn,
        context,
      }),
    );
  expect(bundleNames.filter(may).toSorted()).toEqual(writers);
});

test("that is: connect finds, assumes the push role, reads host keys and access, and writes connections", () => {
  expect(actionsOf(functionPermissions(places).connect)).toEqual([
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceConnectEndpoints",
    "ec2:DescribeInstances",
    "sts:AssumeRole",
    "sts:SetSourceIdentity",
  ]);
});

test.each(["connect", "instances", "inspect", "access", "wait", "audit", "register", "service"] as const)(
  "%s cannot put an event on the bus, nor write one",
  (name) => {
    const may = (request: IamRequest) =>
      isAllowed([{ Version: "2012-10-17", Statement: functionPermissions(places)[name] }], request);
    expect(may({ action: "events:PutEvents", resource: places.eventBusArn, context: {} })).toBe(false);
    for (const action of ["dynamodb:PutItem", "dynamodb:UpdateItem"]) {
      const context = { "dynamodb:LeadingKeys": ["event#1"] };
      expect(may({ action, resource: places.tableArn, context })).toBe(false);
    }
  },
);

type Row = [sentence: string, FunctionName, string, string, readonly string[], boolean];
test.each<Row>([
  ["access frees the places of requests that have ended", "access", "UpdateItem", "quota#alice", ["taken"], true],
  ["access reads who has the places", "access", "GetItem", "quota#alice", [], true],
  ["access reads the requests that have them", "access", "BatchGetItem", "access#1", [], true],
  ["access changes no count", "access", "UpdateItem", "quota#alice", ["count"], false],
  ["connect counts", "connect", "UpdateItem", "quota#alice", ["count"], true],
  ["connect frees no place", "connect", "UpdateItem", "quota#alice", ["taken"], false],
  ["projector keeps policies", "projector", "PutItem", "policies#sha256:0", ["text"], true],
  ["projector keeps them for ever", "projector", "PutItem", "policies#sha256:0", ["text", "deleteAt"], false],
  ["projector changes no kept policies", "projector", "UpdateItem", "policies#sha256:0", ["text"], false],
  ["audit reads kept policies", "audit", "GetItem", "policies#sha256:0", [], true],
  ...functionNames
    .filter((name) => name !== "projector")
    .map((name): Row => [`${name} keeps no policies`, name, "PutItem", "policies#sha256:0", ["text"], false]),
  ["wait reads who was seen", "wait", "GetItem", "person#alice", [], true],
  ["wait keeps who has called", "wait", "UpdateItem", "person#alice", ["seenAt"], true],
  ["service keeps nobody", "service", "UpdateItem", "person#alice", ["seenAt"], false],
  ["instances reads who was seen", "instances", "GetItem", "person#alice", [], true],
])("%s", (_, name, action, leadingKey, attributes, allowed) => {
  const context = { "dynamodb:LeadingKeys": [leadingKey], "dynamodb:Attributes": attributes };
  const request = { action: `dynamodb:${action}`, resource: places.tableArn, context };
  const policy = { Version: "2012-10-17", Statement: functionPermissions(places)[name] } as const;
  expect(isAllowed([policy], request)).toBe(allowed);
});

test.each<[sentence: string, FunctionName, string, string, boolean]>([
  ["connect finds an instance by its id", "connect", "Query", "id#i-0a1b2c3d", true],
  ["connect lists no instances", "connect", "Query", "list#/#", false],
  ["connect reads no instance", "connect", "BatchGetItem", "instance#1", false],
  ["access reads an instance by its key", "access", "BatchGetItem", "instance#1", true],
  ["audit lists no instances", "audit", "Query", "list#/#tag#env", false],
  ["register finds no instance by its address", "register", "Query", "address#10.0.0.1", false],
  ["wait finds no instance", "wait", "Query", "id#i-0a1b2c3d", false],
  ["instances lists instances", "instances", "Query", "list#/#", true],
  ["instances reads how syncs ended", "instances", "Query", "syncs", true],
  ["instances forgets none", "instances", "DeleteItem", "instance#1", false],
  ["sync keeps instances", "sync", "PutItem", "instance#1", true],
  ["sync forgets rows", "sync", "DeleteItem", "list#/#", true],
])("in the inventory, %s", (_, name, action, leadingKey, allowed) => {
  const context = { "dynamodb:LeadingKeys": [leadingKey], "dynamodb:Attributes": [] };
  const request = { action: `dynamodb:${action}`, resource: places.inventoryTableArn, context };
  const policy = { Version: "2012-10-17", Statement: functionPermissions(places)[name] } as const;
  expect(isAllowed([policy], request)).toBe(allowed);
});

describe("with a key", () => {
  const keyArn = "arn:aws:kms:us-east-1:111122223333:key/some";
  const withKey = functionPermissions({ ...places, keyArn });

  test.each(Object.entries(withKey))(
    "%s may decrypt if it uses the table, and do nothing else more",
    (name, granted) => {
      const before = functionPermissions(places)[name as BundleName];
      const usesTable = actionsOf(before).some((action) => action.startsWith("dynamodb:"));
      expect(granted.filter((each) => each.Resource.includes(keyArn)).flatMap(({ Action }) => Action)).toEqual(
        usesTable ? ["kms:Decrypt"] : [],
      );
      expect(granted.filter((each) => !each.Resource.includes(keyArn))).toEqual(before);
    },
  );

  const queue = "arn:aws:sqs:us-east-1:111122223333:starts";
  test.each<[string, readonly Statement[], string, string, boolean]>([
    ["connect decrypts by itself", withKey.connect, "kms:Decrypt", "", false],
    ["connect decrypts through SQS", withKey.connect, "kms:Decrypt", "sqs", false],
    [
      "connect decrypts through DynamoDB of another region",
      withKey.connect,
      "kms:Decrypt",
      "dynamodb.eu-west-1",
      false,
    ],
    ["connect encrypts through DynamoDB", withKey.connect, "kms:Encrypt", "dynamodb", false],
    ["connect shares the key", withKey.connect, "kms:CreateGrant", "dynamodb", false],
    ["service, without the table, decrypts", withKey.service, "kms:Decrypt", "dynamodb", false],
    ["connect decrypts through DynamoDB", withKey.connect, "kms:Decrypt", "dynamodb", true],
    ["projector decrypts through DynamoDB", withKey.projector, "kms:Decrypt", "dynamodb", true],
    [
      "Lambda decrypts what capture's queue has",
      queuePermissions({ ...places, keyArn }, queue),
      "kms:Decrypt",
      "sqs",
      true,
    ],
    [
      "sync encrypts what it sends to its queue",
      syncQueuePermissions({ ...places, keyArn }),
      "kms:GenerateDataKey",
      "sqs",
      true,
    ],
    ["sync encrypts for itself", syncQueuePermissions({ ...places, keyArn }), "kms:GenerateDataKey", "", false],
    [
      "capture encrypts for its queue",
      queuePermissions({ ...places, keyArn }, queue),
      "kms:GenerateDataKey",
      "sqs",
      false,
    ],
    ["without a key Lambda decrypts for capture", queuePermissions(places, queue), "kms:Decrypt", "sqs", false],
  ])("%s", (_, Statement, action, service, allowed) => {
    const via = service.includes(".") ? service : `${service}.us-east-1`;
    const context = service === "" ? {} : { "kms:ViaService": `${via}.amazonaws.com` };
    const policy = { Version: "2012-10-17", Statement } as const;
    expect(isAllowed([policy], { action, resource: keyArn, context })).toBe(allowed);
  });
});

describe("the push role", () => {
  const may = (request: IamRequest, settings: unknown = {}) =>
    isAllowed([{ Version: "2012-10-17", Statement: pushPermissions(places, readSettings(settings)) }], request);
  const web = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";
  const endpoint = "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0";
  const push: IamRequest = { action: "ec2-instance-connect:SendSSHPublicKey", resource: web, context: {} };
  const toConsole: IamRequest = { ...push, action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey" };
  const open = (context: IamRequest["context"]): IamRequest => ({
    action: "ec2-instance-connect:OpenTunnel",
    resource: endpoint,
    context,
  });
  const [port, duration] = ["ec2-instance-connect:remotePort", "ec2-instance-connect:maxTunnelDuration"];
  const tagged = { pushTag: { key: "team", value: "web" } };

  test.each<[sentence: string, request: IamRequest, settings?: unknown]>([
    ["pushes to the serial console", toConsole],
    ["pushes to the serial console with every setting but one", toConsole, { ...everySetting, serialConsole: false }],
    [
      "pushes to the serial console of an instance without the tag of the settings",
      toConsole,
      { ...tagged, serialConsole: true },
    ],
    [
      "pushes to the serial console in another account",
      { ...toConsole, resource: web.replace("111122223333", "444455556666") },
      { serialConsole: true },
    ],
    ["pushes in another region", { ...push, resource: web.replace("us-east-1", "eu-west-1") }],
    ["pushes in another account", { ...push, resource: web.replace("111122223333", "444455556666") }],
    ["pushes to an instance without the tag of the settings", push, tagged],
    ["pushes to one with another value", { ...push, context: { "aws:ResourceTag/team": "Web" } }, tagged],
    ["pushes to one whose value only begins so", { ...push, context: { "aws:ResourceTag/team": "web-2" } }, tagged],
    ["opens tunnels to RDP", open({ [port]: 3389, [duration]: 900 })],
    ["opens tunnels to no port in particular", open({ [duration]: 900 })],
    ["opens tunnels without a duration", open({ [port]: 22 })],
    [
      "opens tunnels for longer than the settings say",
      open({ [port]: 22, [duration]: 901 }),
      { maxTunnelSeconds: 900 },
    ],
    ["opens tunnels for longer than an hour", open({ [port]: 22, [duration]: 3601 })],
    [
      "opens tunnels in another account",
      { ...open({ [port]: 22, [duration]: 1 }), resource: endpoint.replace("111122223333", "444455556666") },
    ],
    ["describes instances", { action: "ec2:DescribeInstances", resource: "*", context: {} }],
    ["assumes itself", { action: "sts:AssumeRole", resource: places.pushRoleArn, context: {} }],
  ])("never %s", (_, request, ...[settings]) => {
    expect(may(request, settings)).toBe(false);
  });

  test.each<[sentence: string, request: IamRequest, settings?: unknown]>([
    ["pushes to an instance", push],
    ["pushes to the serial console, where the settings say so", toConsole, { serialConsole: true }],
    [
      "pushes to that of an instance with the tag of the settings",
      { ...toConsole, context: { "aws:ResourceTag/team": "web" } },
      { ...tagged, serialConsole: true },
    ],
    ["pushes to one with the tag of the settings", { ...push, context: { "aws:ResourceTag/team": "web" } }, tagged],
    ["opens tunnels to SSH", open({ [port]: 22, [duration]: 3600 })],
    ["opens tunnels for as long as the settings say", open({ [port]: 22, [duration]: 900 }), { maxTunnelSeconds: 900 }],
    ["opens tunnels with a push tag too, which is about instances", open({ [port]: 22, [duration]: 900 }), tagged],
  ])("%s", (_, request, ...[settings]) => {
    expect(may(request, settings)).toBe(true);
  });
});
