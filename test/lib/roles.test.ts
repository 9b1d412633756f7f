import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type FunctionName, functionNames, slackNames } from "../../contract/routes.ts";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import { isAllowed } from "../../local/aws/iam.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { rolesOf } from "../support/template-roles.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const stack = synthesize({});
const roles = rolesOf(stack);
const withEverySetting = synthesize(everySetting);

const ourRoles = [...functionNames, "push"] as const;
const arnOf = (id: string | undefined) => `arn:aws:iam::111122223333:role/${id}`;
const web = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";

const itemActions = [
  "GetItem",
  "BatchGetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "Query",
  "Scan",
];
const reachedItems: Readonly<Record<FunctionName, readonly string[]>> = {
  connect: [
    "GetItem connection",
    "GetItem access",
    "GetItem idempotency",
    "BatchGetItem instance",
    "BatchGetItem access",
    "BatchGetItem person",
    "PutItem connection",
    "PutItem idempotency",
    "UpdateItem connection",
    "UpdateItem access",
    "UpdateItem denial",
    "UpdateItem idempotency",
    "UpdateItem person",
    "UpdateItem quota",
    "Query access",
  ],
  instances: [
    "GetItem cursor-key",
    "GetItem person",
    "BatchGetItem instance",
    "BatchGetItem access",
    "BatchGetItem person",
    "PutItem cursor-key",
    "UpdateItem person",
    "Query access",
  ],
  inspect: ["BatchGetItem instance", "UpdateItem person"],
  access: [
    "GetItem access",
    "GetItem idempotency",
    "GetItem cursor-key",
    "GetItem person",
    "GetItem quota",
    "BatchGetItem access",
    "PutItem access",
    "PutItem idempotency",
    "PutItem cursor-key",
    "UpdateItem access",
    "UpdateItem idempotency",
    "UpdateItem person",
    "UpdateItem quota",
    "Query access",
  ],
  wait: ["GetItem access", "GetItem person", "UpdateItem person"],
  audit: ["GetItem cursor-key", "BatchGetItem event", "PutItem cursor-key", "UpdateItem person"],
  register: ["GetItem instance", "UpdateItem instance", "UpdateItem person"],
  service: [],
  projector: ["GetItem event", "PutItem event", "UpdateItem event"],
  sweep: [
    "GetItem connection",
    "GetItem access",
    "GetItem denial",
    "GetItem event",
    "GetItem chat-link",
    "UpdateItem connection",
    "UpdateItem access",
    "UpdateItem denial",
    "UpdateItem event",
    "UpdateItem chat-link",
  ],
  capture: ["GetItem instance", "UpdateItem instance"],
  sync: [],
};
const searchedIndexes: Readonly<Partial<Record<FunctionName, readonly string[]>>> = {
  access: [
    "access-requests",
    "access-requests-by-status",
    "access-requests-by-subject",
    "access-requests-by-requester",
    "access-requests-by-instance",
  ],
  audit: [
    "events",
    "events-by-instance",
    "events-by-subject",
    "events-by-access-request",
    "events-by-actor",
    "events-by-type",
  ],
  sweep: ["due", "chat-links"],
};

test("roles are those of the functions and the push role, with no policy but the template's own", () => {
  expect(roles.ids()).toEqual(ourRoles.map(roles.id).sort());
  expect(stack.all("AWS::ApiGateway::Account", z.unknown())).toEqual([]);
  expect(ourRoles.flatMap(roles.managedPolicies)).toEqual([]);
});

test("the setting apiGatewayLogRole adds API Gateway's role, which writes logs as AWS's own policy says, and no one else assumes it", () => {
  const apiGateway = rolesOf(withEverySetting);
  expect(everySetting.apiGatewayLogRole).toBe(true);
  expect(apiGateway.ids()).toEqual(
    [
      ...ourRoles,
      ...slackNames,
      "webhooks" as const,
      "authorize" as const,
      "console" as const,
      "apiCloudWatch" as const,
    ]
      .map(apiGateway.id)
      .sort(),
  );
  expect(apiGateway.policies("apiCloudWatch")).toEqual([]);
  expect(apiGateway.managedPolicies("apiCloudWatch")).toEqual([
    "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  ]);
  expect(apiGateway.trust("apiCloudWatch")).toEqual([
    { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" } },
  ]);
});

test.each([
  ["by default none has a path or a boundary", roles, { path: undefined, boundary: undefined }],
  [
    "each has those of the settings, also the one that CDK makes",
    rolesOf(withEverySetting),
    { path: "/latchkey/", boundary: "arn:aws:iam::111122223333:policy/company/LatchkeyBoundary" },
  ],
  [
    "so has that of the console's upload",
    rolesOf(synthesize(withCloudFront)),
    { path: "/latchkey/", boundary: "arn:aws:iam::111122223333:policy/company/LatchkeyBoundary" },
  ],
])("roles: %s", (_, { ids, bounds }, expected) => {
  expect(ids().length).toBeGreaterThan(functionNames.length);
  expect(bounds()).toEqual(ids().map(() => expected));
});

describe.each(functionNames)("the role of %s", (name) => {
  const endpoint = "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0";
  const context = {
    "ec2:osuser": "ec2-user",
    "ec2-instance-connect:remotePort": 22,
    "ec2-instance-connect:maxTunnelDuration": 1,
  };

  test.each([
    ["SendSSHPublicKey", web],
    ["SendSerialConsoleSSHPublicKey", web],
    ["OpenTunnel", endpoint],
  ])("cannot %s", (action, resource) => {
    expect(isAllowed(roles.policies(name), { action: `ec2-instance-connect:${action}`, resource, context })).toBe(
      false,
    );
  });

  test("assumes the push role, if it is connect's, and none else", () => {
    const may = (role: string) =>
      isAllowed(roles.policies(name), { action: "sts:AssumeRole", resource: arnOf(role), context: {} });
    expect(may(roles.id("push"))).toBe(name === "connect");
    expect([...functionNames.map(roles.id), "Admin"].filter(may)).toEqual([]);
  });

  test("is assumed by Lambda alone", () => {
    expect(roles.trust(name)).toEqual([
      { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } },
    ]);
  });

  const table = () =>
    `arn:aws:dynamodb:us-east-1:111122223333:table/${stack.all("AWS::DynamoDB::GlobalTable", z.unknown())[0]?.id}`;
  const mayInTable = (action: string, resource: string, ...leadingKeys: readonly string[]) =>
    isAllowed(roles.policies(name), {
      action: `dynamodb:${action}`,
      resource,
      context: { "dynamodb:LeadingKeys": leadingKeys },
    });

  test("reaches only the items that it works with", () => {
    const keys = [
      "instance#i-1",
      "connection#1",
      "access#1",
      "denial#1",
      "event#1",
      "idempotency#1",
      "cursor-key#1",
      "person#1",
      "quota#1",
      "chat-link#1",
      "other#1",
    ];
    const reached = itemActions.flatMap((action) =>
      keys.filter((key) => mayInTable(action, table(), key)).map((key) => `${action} ${key.replace(/#.*/, "")}`),
    );
    expect(reached).toEqual(reachedItems[name]);
  });

  test("writes no item into an index of the trail, unless it is the projector's", () => {
    const writes = itemActions.filter((action) => action === "PutItem" || action === "UpdateItem");
    const keys = ["instance", "connection", "access", "denial", "event", "idempotency", "cursor-key", "chat-link"].map(
      (prefix) => `${prefix}#1`,
    );
    const may = (attributes: readonly string[]) =>
      keys.flatMap((key) =>
        writes
          .filter((action) =>
            isAllowed(roles.policies(name), {
              action: `dynamodb:${action}`,
              resource: table(),
              context: { "dynamodb:LeadingKeys": [key], "dynamodb:Attributes": ["pk", "sk", "v", ...attributes] },
            }),
          )
          .map((action) => `${action} ${key}`),
      );
    const ofTrail = ["event", "trail", "filedAt", "aboutInstance", "aboutSubject", "aboutAccessRequest"];
    for (const attribute of ofTrail) {
      expect([attribute, may([attribute])]).toEqual([attribute, name === "projector" ? ["PutItem event#1"] : []]);
    }
    const makesEvents: Partial<Record<FunctionName, readonly string[]>> = {
      connect: ["PutItem connection#1", "UpdateItem connection#1", "UpdateItem denial#1"],
      access: ["PutItem access#1", "UpdateItem access#1"],
      register: ["UpdateItem instance#1"],
      capture: ["UpdateItem instance#1"],
      sweep: ["UpdateItem connection#1", "UpdateItem access#1", "UpdateItem denial#1", "UpdateItem chat-link#1"],
    };
    expect(may(["events"])).toEqual(makesEvents[name] ?? []);
  });

  test("reaches nothing where only a part of a batch is its own", () => {
    const reached = itemActions.filter((action) => mayInTable(action, table(), "instance#i-1", "access#1", "other#1"));
    expect(reached).toEqual([]);
  });

  test("searches only the indexes that it reads, and never the table", () => {
    const names = Object.values(indexes).map((index) => index.name);
    const searched = names.filter((index) => mayInTable("Query", `${table()}/index/${index}`, "any"));
    expect(searched).toEqual(searchedIndexes[name] ?? []);
    const elsewhere = [table(), `${table()}/index/other`].filter((resource) => mayInTable("Query", resource, "any"));
    expect([...elsewhere, ...names.filter((index) => mayInTable("Scan", `${table()}/index/${index}`))]).toEqual([]);
  });

  test("reads consoles of the account's instances, if it is capture's, and no other's", () => {
    const may = (resource: string) =>
      isAllowed(roles.policies(name), { action: "ec2:GetConsoleOutput", resource, context: {} });
    expect(may(web)).toBe(name === "capture");
    expect(may(web.replace("111122223333", "444455556666"))).toBe(false);
  });

  test("puts events on the bus of the stack, if it is a worker's, and on no other", () => {
    const bus = `arn:aws:events:us-east-1:111122223333:event-bus/${stack.all("AWS::Events::EventBus", z.unknown())[0]?.id}`;
    const may = (resource: string) =>
      isAllowed(roles.policies(name), { action: "events:PutEvents", resource, context: {} });
    expect(may(bus)).toBe(name === "projector" || name === "sweep");
    expect(may("arn:aws:events:us-east-1:111122223333:event-bus/default")).toBe(false);
  });

  test("reads the table's stream, if it is the projector's", () => {
    const resource = `${table()}/stream/2026-01-01T00:00:00.000`;
    const may = (action: string, on: string) =>
      isAllowed(roles.policies(name), { action: `dynamodb:${action}`, resource: on, context: {} });
    const read = ["DescribeStream", "GetRecords", "GetShardIterator"].map((action) => may(action, resource));
    // AWS evaluates it without a resource.
    expect(new Set([...read, may("ListStreams", "*")])).toEqual(new Set([name === "projector"]));
  });
});

test("the push role trusts connect's role alone, to assume it and to say for whom", () => {
  const connect = { AWS: arnOf(roles.id("connect")) };
  expect(roles.trust("push")).toEqual([
    { Action: ["sts:AssumeRole", "sts:SetSourceIdentity"], Effect: "Allow", Principal: connect },
  ]);
});

test("the push role may not push to the serial console", () => {
  const action = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";
  expect(isAllowed(roles.policies("push"), { action, resource: web, context: {} })).toBe(false);
});

test("a pushTag of the settings is a condition on whom the push role pushes to", () => {
  expect(everySetting.pushTag).toEqual({ key: "latchkey:push", value: "yes" });
  const tagged = rolesOf(withEverySetting).policies("push");
  const may = (context: Record<string, string>) =>
    isAllowed(tagged, { action: "ec2-instance-connect:SendSSHPublicKey", resource: web, context });
  expect([
    may({}),
    may({ "aws:ResourceTag/latchkey:push": "no" }),
    may({ "aws:ResourceTag/latchkey:push": "yes" }),
  ]).toEqual([false, false, true]);
});
