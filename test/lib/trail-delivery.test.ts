import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import {
  accessKeyPrefix,
  connectionKeyPrefix,
  eventKeyPrefix,
  idempotencyKeyPrefix,
  instanceKeyPrefix,
} from "../../lambda/aws/dynamodb/table-keys.ts";
import { projectedKeyPrefixes } from "../../lib/stream-filter.ts";
import { synthesize } from "../support/synthesized-stack.ts";

const anything = z.looseObject({});

const stack = synthesize({});

/** The trail's only resource of a type. */
function the(type: `AWS::${string}`) {
  const [found, ...others] = stack.all(type, anything).filter(({ id }) => !id.startsWith("Starts"));
  if (!found || others.length > 0) throw new Error(`There is to be one ${type}`);
  return found.properties;
}

describe("the stream", () => {
  const mapping = () => the("AWS::Lambda::EventSourceMapping");

  test("is read from its beginning, by the projector, a batch at a time", () => {
    expect(mapping()).toMatchObject({
      EventSourceArn: expect.stringMatching(/:table\/Table[0-9A-F]{8}\/stream\//),
      FunctionName: expect.stringMatching(/^Projector/),
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 100,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  test.each(["MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig"])(
    "gives nothing up before the stream does: there is no %s",
    (property) => {
      expect(mapping()).not.toHaveProperty(property);
    },
  );

  test("is read only after the role may, which Lambda checks first", () => {
    const [resource] = Object.values(stack.resolved).filter(({ Type }) => Type === "AWS::Lambda::EventSourceMapping");
    expect(resource).toMatchObject({ DependsOn: [expect.stringMatching(/^StreamPolicy/)] });
  });

  test("is filtered by keys, which every record has", () => {
    const { Filters } = z
      .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
      .parse(mapping()["FilterCriteria"]);
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: { Keys: { pk: { S: [{ prefix: "access#" }, { prefix: "connection#" }, { prefix: "instance#" }] } } },
      },
    ]);
  });

  test.each([
    ["an event, which would go round and round", eventKeyPrefix, false],
    ["an Idempotency-Key", idempotencyKeyPrefix, false],
    ["a connection", connectionKeyPrefix, true],
    ["an access request", accessKeyPrefix, true],
    ["host keys", instanceKeyPrefix, true],
  ])("a change of %s", (_, prefix, isProjected) => {
    expect(projectedKeyPrefixes.includes(prefix)).toBe(isProjected);
  });
});

describe("the clock", () => {
  test("triggers the sweep each minute, and never retries", () => {
    expect(the("AWS::Events::Rule")).toMatchObject({
      ScheduleExpression: "rate(1 minute)",
      State: "ENABLED",
      Targets: [
        {
          Arn: expect.stringMatching(/:function:Sweep[0-9A-F]{8}$/),
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      ],
    });
    expect(the("AWS::Lambda::EventInvokeConfig")).toMatchObject({
      FunctionName: expect.stringMatching(/^Sweep/),
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

test("the bus belongs to the stack, and nobody else may put events on it", () => {
  expect(the("AWS::Events::EventBus")).toEqual({
    Name: expect.stringMatching(/^Latchkey/),
    Description: expect.any(String),
  });
  expect(stack.all("AWS::Events::EventBusPolicy", anything)).toEqual([]);
});
