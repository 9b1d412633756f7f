import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bundleNames, slackNames } from "../../contract/routes.ts";
import { methodScopes, slackManifest } from "../../lib/slack-manifest.ts";
import { isAllowed } from "../../local/aws/iam.ts";
import { deployedMethods } from "../support/deployed-methods.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { type RoleName, rolesOf } from "../support/template-roles.ts";
import { everySetting } from "../support/template-settings.ts";

const stack = synthesize(everySetting);
const root = path.resolve(import.meta.dirname, "../..");
const idsOf = (type: `AWS::${string}`, start: string) =>
  stack.all(type, z.unknown()).flatMap(({ id }) => (id.startsWith(start) ? [id] : []));

test("without the setting there is nothing of it", () => {
  expect(JSON.stringify(synthesize({}).resolved)).not.toMatch(/Slack|Chat|SecretsManager/);
});

describe("its API", () => {
  test("has these methods, which are open to strangers, and no others", () => {
    expect(deployedMethods(stack, "SlackAppApi")).toEqual({
      "POST /slack": ["NONE", "Slack"],
      "GET /link": ["NONE", "Link"],
      "POST /link": ["NONE", "Link"],
      "GET /link/company": ["NONE", "Link"],
      "GET /link/slack": ["NONE", "Link"],
    });
  });

  test("throttles each of them, and logs nothing of a query or a body", () => {
    const stages = z.object({
      RestApiId: z.string(),
      MethodSettings: z.array(z.object({ HttpMethod: z.string(), ResourcePath: z.string() }).loose()),
      AccessLogSetting: z.object({ Format: z.string() }),
    });
    const [stage] = stack
      .all("AWS::ApiGateway::Stage", stages)
      .filter(({ properties }) => properties.RestApiId.startsWith("SlackApp"));
    expect(stage?.properties.MethodSettings).toEqual([
      expect.objectContaining({
        ...{ HttpMethod: "*", ResourcePath: "/*" },
        ...{ ThrottlingBurstLimit: 20, ThrottlingRateLimit: 5, DataTraceEnabled: false, LoggingLevel: "OFF" },
      }),
    ]);
    expect(stage?.properties.AccessLogSetting.Format).not.toMatch(/querystring|header|body|\$context\.path/);
  });
});

describe("its queues", () => {
  const queue = z.object({
    MessageRetentionPeriod: z.number().default(345_600),
    VisibilityTimeout: z.number().optional(),
    RedrivePolicy: z.object({ maxReceiveCount: z.number(), deadLetterTargetArn: z.string() }).optional(),
  });
  const queues = stack.all("AWS::SQS::Queue", queue).filter(({ id }) => id.startsWith("SlackApp"));

  test("keep a message for two days while it fails, then in the dead-letter queue, longer than the alarm waits", () => {
    const sources = queues.filter(({ properties }) => properties.RedrivePolicy);
    expect([queues.length, sources.length]).toEqual([3, 2]);
    for (const { properties } of sources) {
      const { MessageRetentionPeriod, VisibilityTimeout = 0, RedrivePolicy } = properties;
      const attempts = (RedrivePolicy?.maxReceiveCount ?? 0) * VisibilityTimeout;
      expect(attempts).toBeGreaterThanOrEqual(2 * 86_400);
      expect(attempts).toBeLessThan(MessageRetentionPeriod);
    }
  });

  test("the rule sends what happens to access requests on the stack's own bus to one of them", () => {
    const rule = z.object({
      EventBusName: z.string().optional(),
      EventPattern: z.unknown().optional(),
      Targets: z.array(z.unknown()),
    });
    const [found] = stack.all("AWS::Events::Rule", rule).filter(({ id }) => id.startsWith("SlackApp"));
    expect(found?.properties).toMatchObject({
      EventBusName: idsOf("AWS::Events::EventBus", "Bus")[0],
      EventPattern: {
        source: ["latchkey/Latchkey"],
        "detail-type": [
          { prefix: "latchkey.access-request." },
          { prefix: "latchkey.review." },
          { prefix: "latchkey.break-glass." },
        ],
      },
      Targets: [{ Arn: expect.stringMatching(/:SlackAppQueuesEvents\w+$/) }],
    });
  });
});

describe("its secret", () => {
  const [secret] = stack.all("AWS::SecretsManager::Secret", z.record(z.string(), z.unknown()));

  test("has no value, a name that the service control policy protects, and outlives the stack", () => {
    expect(Object.keys(secret?.properties ?? {}).sort()).toEqual(["Description", "KmsKeyId", "Name"]);
    expect(secret?.properties["Name"]).toMatch(/^Latchkey-slack-/);
    expect(secret?.deletionPolicy).toBe("Retain");
  });

  test("is read by the app's three functions, and by no other role", () => {
    const roles = rolesOf(stack);
    const resource = `arn:aws:secretsmanager:us-east-1:111122223333:secret:${secret?.id}`;
    const may = (name: RoleName) =>
      isAllowed(roles.policies(name), { action: "secretsmanager:GetSecretValue", resource, context: {} });
    expect([...bundleNames, "push" as const].filter(may)).toEqual(slackNames);
  });
});

describe("the door's role", () => {
  const roles = rolesOf(stack);
  const [table, inputs, events] = [
    `arn:aws:dynamodb:us-east-1:111122223333:table/${idsOf("AWS::DynamoDB::GlobalTable", "Table")[0]}`,
    ...["Inputs", "Events"].map(
      (name) => `arn:aws:sqs:us-east-1:111122223333:${idsOf("AWS::SQS::Queue", `SlackAppQueues${name}`)[0]}`,
    ),
  ] as const;
  const may = (action: string, resource: string | undefined, key?: string, attributes: readonly string[] = []) =>
    isAllowed(roles.policies("slack"), {
      action,
      resource: resource ?? "",
      context: key ? { "dynamodb:LeadingKeys": [key], "dynamodb:Attributes": ["pk", "sk", "v", ...attributes] } : {},
    });

  test("sends what people do, and writes signatures that it has seen", () => {
    expect(may("sqs:SendMessage", inputs)).toBe(true);
    expect(may("dynamodb:PutItem", table, "chat-replay#v0=00", ["claim", "deleteAt"])).toBe(true);
  });

  test.each<[sentence: string, action: string, resource: string | undefined, key?: string, attributes?: string[]]>([
    ["makes events for messages", "sqs:SendMessage", events],
    ["reads what others did", "sqs:ReceiveMessage", inputs],
    ["writes an access request", "dynamodb:PutItem", table, "access#1"],
    ["links a user", "dynamodb:PutItem", table, "chat-link#slack/T0LOCAL/U0ALICE"],
    ["writes who a person is", "dynamodb:UpdateItem", table, "person#alice"],
    ["forgets a signature", "dynamodb:DeleteItem", table, "chat-replay#v0=00"],
    ["makes an event of a signature", "dynamodb:PutItem", table, "chat-replay#v0=00", ["events"]],
    ["reads any item", "dynamodb:GetItem", table, "chat-replay#v0=00"],
    ["describes instances", "ec2:DescribeInstances", "*"],
    ["assumes a role", "sts:AssumeRole", "arn:aws:iam::111122223333:role/any"],
  ])("never %s", (_, action, resource, ...[key, attributes]) => {
    expect(may(action, resource, key, attributes)).toBe(false);
  });
});

describe("the manifest", () => {
  const url = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/live";
  const manifest = slackManifest(url);

  test("in docs/ is that of the code", () => {
    const file = readFileSync(path.join(root, "docs/slack-manifest.json"), "utf8");
    expect(JSON.parse(file)).toEqual(slackManifest("https://latchkey.example.com"));
  });

  test("has no URL but those that the stack serves", () => {
    const paths = JSON.stringify(manifest).match(new RegExp(`${url}[^"]*`, "g")) ?? [];
    const served = Object.keys(deployedMethods(stack, "SlackAppApi")).map((method) => method.replace(/^.* /, url));
    expect([...new Set(paths)].filter((each) => !served.includes(each))).toEqual([]);
    expect(new Set(paths).size).toBe(2);
  });

  test("asks for the scopes of the methods that the code calls, and for no others", () => {
    const folder = path.join(root, "lambda/slack");
    const code = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
    const called = code.flatMap(
      (text) => text.match(/\b(?:chat|conversations|views|users|auth)\.(?!ts\b)[a-z]\w+(?=["`,])/g) ?? [],
    );
    expect([...new Set(called)].sort()).toEqual(Object.keys(methodScopes).sort());
  });

  test("fits Slack's limits", () => {
    const [command] = manifest.features.slash_commands;
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
    expect(command?.description.length).toBeLessThanOrEqual(2000);
    expect(command?.usage_hint.length).toBeLessThanOrEqual(1000);
  });
});
