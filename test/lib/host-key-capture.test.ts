import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { patience } from "../../lambda/workers/capture-batch.ts";
import { allowedPairs } from "../support/iam-statements.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const anything = z.looseObject({});
const queueProperties = z.looseObject({
  DelaySeconds: z.number().optional(),
  VisibilityTimeout: z.number().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
});

const stack = synthesize({});

/** The construct's resource of a type, by name. */
function named<Properties>(type: `AWS::${string}`, name: string, properties: z.ZodType<Properties>) {
  const found = stack.all(type, properties).find(({ id }) => id.startsWith(`Starts${name}`));
  if (!found) throw new Error(`There is no ${type} called ${name}`);
  return found;
}
const queue = () => named("AWS::SQS::Queue", "Queue", queueProperties);
const failures = () => named("AWS::SQS::Queue", "Failures", queueProperties);
const arnOf = ({ id }: { id: string }) => `arn:aws:sqs:us-east-1:111122223333:${id}`;

describe("a message on the queue", () => {
  test("is sent for each instance of the account that starts running", () => {
    expect(named("AWS::Events::Rule", "Running", anything).properties).toMatchObject({
      EventPattern: {
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["running"] },
      },
      State: "ENABLED",
      Targets: [{ Arn: arnOf(queue()) }],
    });
  });

  test("comes from that rule only", () => {
    const senders = allowedPairs(stack.resolved).filter(
      ({ action, resource }) => action === "sqs:SendMessage" && resource === arnOf(queue()),
    );
    expect(senders).toEqual([expect.objectContaining({ principals: ["events.amazonaws.com"] })]);
    const [policy] = stack.all("AWS::SQS::QueuePolicy", anything).filter(({ id }) => id.startsWith("StartsQueue"));
    expect(JSON.stringify(policy?.properties)).toMatch(/"ArnEquals":\{"aws:SourceArn":"[^"]*:rule\/StartsRunning/);
  });

  test("is sent for each start that comes to the bus of targets too, if there are any", () => {
    const withTargets = synthesize(everySetting).all("AWS::Events::Rule", anything);
    const [rule] = withTargets.filter(({ id }) => id.startsWith("StartsTargetRunning"));
    expect(rule?.properties).toMatchObject({
      EventBusName: expect.stringMatching(/^TargetsBus/),
      EventPattern: { "detail-type": ["EC2 Instance State-change Notification"], detail: { state: ["running"] } },
      Targets: [{ Arn: expect.stringMatching(/:StartsQueue/) }],
    });
    expect(stack.all("AWS::Events::Rule", anything).filter(({ id }) => id.startsWith("StartsTarget"))).toEqual([]);
  });

  test.each([
    ["the queue", queue],
    ["the queue of failures", failures],
  ])("is encrypted, at rest and in transit: %s", (_, of) => {
    expect(of().properties).toMatchObject({ SqsManagedSseEnabled: true });
    const denials = stack
      .all("AWS::SQS::QueuePolicy", z.looseObject({ Queues: z.array(z.string()) }))
      .filter(({ properties }) => properties.Queues.includes(of().id))
      .map(({ properties }) => JSON.stringify(properties));
    expect(denials).toEqual([expect.stringContaining('"Bool":{"aws:SecureTransport":"false"}')]);
  });
});

describe("a received message", () => {
  test("goes to capture in batches of ten, each reported separately", () => {
    expect(named("AWS::Lambda::EventSourceMapping", "Delivery", anything).properties).toMatchObject({
      EventSourceArn: arnOf(queue()),
      FunctionName: expect.stringMatching(/^Capture/),
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  test("is received only after the role may, which Lambda checks first", () => {
    const [, mapping] = Object.entries(stack.resolved).find(([id]) => id.startsWith("StartsDelivery")) ?? [];
    expect(mapping).toMatchObject({ DependsOn: [expect.stringMatching(/^QueuePolicy/)] });
  });

  test("is redelivered no sooner than Lambda requires: six times the function's time-out", () => {
    const functions = stack.all("AWS::Lambda::Function", z.looseObject({ Timeout: z.number() }));
    const capture = functions.find(({ id }) => id.startsWith("Capture"));
    expect(queue().properties.VisibilityTimeout).toBe(6 * (capture?.properties.Timeout ?? 0));
  });

  test("is redelivered for ten minutes of captures, with some spare for faults, and then counts as failed", () => {
    const { DelaySeconds = 0, VisibilityTimeout = 0, RedrivePolicy } = queue().properties;
    const { maxReceiveCount = 0, deadLetterTargetArn } = RedrivePolicy ?? {};
    const looks = Math.ceil((patience - DelaySeconds) / VisibilityTimeout) + 1;
    expect(maxReceiveCount).toBeGreaterThanOrEqual(looks + 3);
    expect(deadLetterTargetArn).toBe(arnOf(failures()));
  });
});

test.each([
  ["a message is among the failures", "CapturesFailed", "AWS/SQS", "ApproximateNumberOfMessagesVisible"],
  ["a console's block is refused", "HostKeysRefused", "Latchkey", "HostKeysRefused"],
  ["a console shows other keys than before", "HostKeysChanged", "Latchkey", "HostKeysChanged"],
])("an alarm fires when %s, even once", (_, name, namespace, metric) => {
  expect(named("AWS::CloudWatch::Alarm", name, anything).properties).toMatchObject({
    Namespace: namespace,
    MetricName: metric,
    Threshold: 0,
    EvaluationPeriods: 1,
    Period: 60,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "notBreaching",
  });
});
