import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type BundleName, bundleNames, functionNames } from "../../contract/routes.ts";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { functionLimits } from "../../lib/function-limits.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const lambda = z.object({
  Architectures: z.array(z.string()),
  Description: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
  Handler: z.string(),
  LoggingConfig: z.object({ LogGroup: z.string() }),
  MemorySize: z.number(),
  ReservedConcurrentExecutions: z.number().optional(),
  Role: z.string(),
  Runtime: z.string(),
  Timeout: z.number(),
});
/** Lambda sets these itself, and the local stack the last. */
const notOurs = ["AWS_REGION", "LAMBDA_TASK_ROOT", "AWS_ENDPOINT_URL_OPEN_TUNNEL", "SLACK_API_URL"];

const stack = synthesize(everySetting);

function theFunction(name: BundleName) {
  const found = stack.all("AWS::Lambda::Function", lambda).find((each) => each.id.startsWith(titled(name)));
  if (!found) throw new Error(`The template has no function ${name}`);
  return found.properties;
}
const titled = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

describe("functions", () => {
  test("there are those of the route table, and no others", () => {
    const descriptions = stack.all("AWS::Lambda::Function", lambda).map(({ properties }) => properties.Description);
    expect(descriptions.sort()).toEqual(bundleNames.map((name) => `Latchkey: ${name}`).sort());
  });

  test.each(bundleNames)("%s runs on Node 24 on arm64, within its limits", (name) => {
    expect(theFunction(name)).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Timeout: functionLimits[name].timeout,
      MemorySize: functionLimits[name].memory,
    });
  });

  test.each(bundleNames)("%s has the environment variables that it reads, and no others", (name) => {
    const read = Object.keys(environments[name].shape).filter((variable) => !notOurs.includes(variable));
    expect(Object.keys(theFunction(name).Environment.Variables).sort()).toEqual(read.sort());
  });

  test.each(bundleNames)("%s finds AWS where AWS is: no endpoint is ever set", (name) => {
    const variables = Object.keys(theFunction(name).Environment.Variables);
    expect(variables.filter((variable) => variable.startsWith("AWS_ENDPOINT_URL"))).toEqual([]);
  });

  test.each(bundleNames)("%s can start with them", (name) => {
    const given = {
      ...theFunction(name).Environment.Variables,
      AWS_REGION: "us-east-1",
      LAMBDA_TASK_ROOT: "/var/task",
    };
    expect(environments[name].safeParse(given).error).toBeUndefined();
  });

  test.each([
    ["by default none", {}, {}],
    ["those of the settings", everySetting, { connect: 200, projector: 20, sweep: 2, capture: 10, sync: 2 }],
  ])("have reserved concurrency: %s", (_, settings, expected) => {
    const all = synthesize(settings).all("AWS::Lambda::Function", lambda);
    const reserved = all.flatMap(({ properties: { Description, ReservedConcurrentExecutions: count } }) =>
      count === undefined ? [] : [[Description.replace("Latchkey: ", ""), count]],
    );
    expect(Object.fromEntries(reserved)).toEqual(expected);
  });

  test("connect has the names of this stack's own resources", () => {
    expect(theFunction("connect").Environment.Variables).toMatchObject({
      TABLE_NAME: expect.stringMatching(/^Table/),
      PUSH_ROLE_ARN: expect.stringMatching(/^arn:aws:iam::111122223333:role\/PushRole/),
      AWS_USE_FIPS_ENDPOINT: "false",
    });
  });

  test("each has a role and a log of its own", () => {
    const functions = stack.all("AWS::Lambda::Function", lambda).map(({ properties }) => properties);
    expect(new Set(functions.map(({ Role }) => Role)).size).toBe(bundleNames.length);
    expect(new Set(functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup)).size).toBe(bundleNames.length);
  });
});

test.each([
  ["for a year", {}, 365, [...functionNames, "api"]],
  ["for as long as the settings say", everySetting, 3653, [...bundleNames, "api", "oidcApi", "slackApi", "web ACL"]],
])(
  "each function's log, the API's and the web ACL's are kept %s, and outlive the stack",
  (_, settings, days, names) => {
    const logs = synthesize(settings).all("AWS::Logs::LogGroup", z.object({ RetentionInDays: z.number() }));
    expect(logs.map(({ properties, deletionPolicy }) => [properties.RetentionInDays, deletionPolicy])).toEqual(
      names.map(() => [days, "Retain"]),
    );
  },
);

test("the table of state and trail streams new images, can be restored to any moment, cannot be deleted, and outlives the stack", () => {
  const [table, inventory, ...others] = stack.all("AWS::DynamoDB::GlobalTable", z.looseObject({}));
  expect(others).toEqual([]);
  // It can be filled again.
  expect(inventory).toMatchObject({ deletionPolicy: "Delete" });
  expect(inventory?.properties).not.toHaveProperty("StreamSpecification");
  expect(table).toMatchObject({
    deletionPolicy: "Retain",
    properties: {
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamViewType: "NEW_IMAGE" },
      TimeToLiveSpecification: { AttributeName: "deleteAt", Enabled: true },
      GlobalSecondaryIndexes: Object.values(indexes).map(({ name, partition, sort }) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: partition, KeyType: "HASH" },
          { AttributeName: sort, KeyType: "RANGE" },
        ],
        // An event that waits no more for the bus is no write in the indexes of events.
        Projection: name.startsWith("events")
          ? { ProjectionType: "INCLUDE", NonKeyAttributes: expect.not.arrayContaining(["due", "dueAt", partition]) }
          : { ProjectionType: "ALL" },
      })),
      Replicas: [
        {
          Region: "us-east-1",
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
      ],
    },
  });
});
