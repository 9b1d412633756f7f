import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { readSyncMessage } from "../../lambda/inventory/sync-message.ts";
import { allowedPairs } from "../support/iam-statements.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const anything = z.looseObject({});
const rule = z.looseObject({
  EventBusName: z.string().optional(),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  Targets: z.array(z.object({ Arn: z.string(), Input: z.string().optional() })),
});
const stack = synthesize({});
const withTargets = synthesize(everySetting);

function named<Properties>(type: `AWS::${string}`, name: string, properties: z.ZodType<Properties>, of = stack) {
  const found = of.all(type, properties).find(({ id }) => id.startsWith(`Syncs${name}`));
  if (!found) throw new Error(`There is no ${type} called ${name}`);
  return found;
}
const arnOf = ({ id }: { id: string }) => `arn:aws:sqs:us-east-1:111122223333:${id}`;
const queue = (of = stack) => named("AWS::SQS::Queue", "Queue", anything, of);
const failures = () => named("AWS::SQS::Queue", "Failures", anything);
const messageOf = (name: string) =>
  readSyncMessage(named("AWS::Events::Rule", name, rule).properties.Targets[0]?.Input ?? "");

describe("the queue gets", () => {
  test("a start every ten minutes", () => {
    expect(named("AWS::Events::Rule", "Regularly", rule).properties).toMatchObject({
      ScheduleExpression: "rate(10 minutes)",
      Targets: [{ Arn: arnOf(queue()) }],
    });
    expect(messageOf("Regularly")).toEqual({ kind: "start", hurry: false });
  });

  test("a start at once after each deployment of this stack, which failing targets do not wait for", () => {
    expect(named("AWS::Events::Rule", "Deployed", rule).properties).toMatchObject({
      EventPattern: {
        source: ["aws.cloudformation"],
        "detail-type": ["CloudFormation Stack Status Change"],
        detail: {
          "stack-id": [expect.any(String)],
          "status-details": { status: ["CREATE_COMPLETE", "UPDATE_COMPLETE"] },
        },
      },
      Targets: [{ Arn: arnOf(queue()) }],
    });
    expect(messageOf("Deployed")).toEqual({ kind: "start", hurry: true });
  });

  test.each([
    ["the account's own bus", "Own", stack, undefined],
    ["the bus of the targets", "Target", withTargets, expect.stringMatching(/^TargetsBus/)],
  ])("changes of instances' states and tags, as they are, from %s", (_, name, of, bus) => {
    const [states, tags] = ["StateChanges", "TagChanges"].map(
      (each) => named("AWS::Events::Rule", `${name}${each}`, rule, of).properties,
    );
    const Targets = [{ Arn: arnOf(queue(of)) }];
    expect([states?.EventBusName, tags?.EventBusName]).toEqual([bus, bus]);
    expect(states).toMatchObject({
      EventPattern: { source: ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"] },
      Targets,
    });
    expect(tags).toMatchObject({
      EventPattern: {
        source: ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        detail: { service: ["ec2"], "resource-type": ["instance"] },
      },
      Targets,
    });
  });

  test("nothing from anybody else but sync", () => {
    const senders = allowedPairs(withTargets.resolved).filter(
      ({ action, resource }) => action === "sqs:SendMessage" && resource === arnOf(queue(withTargets)),
    );
    const rules = senders.filter(({ principals }) => principals.includes("events.amazonaws.com"));
    expect(rules).toHaveLength(6);
    expect(senders.filter((each) => !rules.includes(each)).map(({ where }) => where)).toEqual([
      expect.stringMatching(/^SyncPolicy/),
    ]);
  });
});

test.each([
  ["the queue", queue],
  ["the queue of failures", failures],
])("%s is encrypted, at rest and in transit", (_, of) => {
  expect(of().properties).toMatchObject({ SqsManagedSseEnabled: true });
  const denials = stack
    .all("AWS::SQS::QueuePolicy", z.looseObject({ Queues: z.array(z.string()) }))
    .filter(({ properties }) => properties.Queues.includes(of().id))
    .map(({ properties }) => JSON.stringify(properties));
  expect(denials).toEqual([expect.stringContaining('"Bool":{"aws:SecureTransport":"false"}')]);
});

describe("a message", () => {
  test("goes to sync, ten at a time in two invocations at once, each reported separately", () => {
    expect(named("AWS::Lambda::EventSourceMapping", "Delivery", anything).properties).toMatchObject({
      EventSourceArn: arnOf(queue()),
      FunctionName: expect.stringMatching(/^Sync/),
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  test("is redelivered no sooner than Lambda requires, five times in all, and then counts as failed", () => {
    const functions = stack.all("AWS::Lambda::Function", z.looseObject({ Timeout: z.number() }));
    const sync = functions.find(({ id }) => /^Sync[0-9A-F]{8}$/.test(id));
    expect(queue().properties).toMatchObject({
      VisibilityTimeout: 6 * (sync?.properties.Timeout ?? 0),
      RedrivePolicy: { deadLetterTargetArn: arnOf(failures()), maxReceiveCount: 5 },
    });
  });

  test("is received only after the role may, which Lambda checks first", () => {
    const [, mapping] = Object.entries(stack.resolved).find(([id]) => id.startsWith("SyncsDelivery")) ?? [];
    expect(mapping).toMatchObject({ DependsOn: [expect.stringMatching(/^SyncQueuePolicy/)] });
  });
});

describe("an alarm fires", () => {
  const alarm = (name: string, of = stack) => named("AWS::CloudWatch::Alarm", name, anything, of).properties;

  test("if a message is among the failures", () => {
    expect(alarm("SyncsFailed")).toMatchObject({
      Namespace: "AWS/SQS",
      MetricName: "ApproximateNumberOfMessagesVisible",
      Threshold: 0,
      EvaluationPeriods: 1,
    });
  });

  test("for each target of this stack that fails three times in a row, by its name", () => {
    expect(alarm("TargetFailing")).toMatchObject({
      Metrics: [
        {
          Expression:
            'SELECT MAX("SyncFailures") FROM SCHEMA("Latchkey", "service", "target") ' +
            'WHERE "service" = \'Latchkey\' GROUP BY "target" ORDER BY MAX() DESC',
          Period: 3600,
          ReturnData: true,
        },
      ],
      Threshold: 2,
      ComparisonOperator: "GreaterThanThreshold",
      DatapointsToAlarm: 1,
    });
  });

  test("if a unit's accounts cannot be listed, but only if there is one", () => {
    expect(() => alarm("UnitsFailed")).toThrow();
    expect(alarm("UnitsFailed", withTargets)).toMatchObject({ MetricName: "UnitsFailed", EvaluationPeriods: 3 });
  });
});
