import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { functionNames } from "../../contract/routes.ts";
import {
  accessKeyPrefix,
  connectionKeyPrefix,
  eventKeyPrefix,
  idempotencyKeyPrefix,
  instanceKeyPrefix,
} from "../../lambda/aws/dynamodb/table-keys.ts";
import { projectedKeyPrefixes } from "../../lib/stream-filter.ts";
import { isAllowed, type Statement } from "../../local/aws/iam.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { rolesOf } from "../support/template-roles.ts";

const anything = z.looseObject({});

const stack = synthesize({});

/** The trail's only resource of a type. */
function the(type: `AWS::${string}`) {
  const [found, ...others] = stack.all(type, anything).filter(({ id }) => !/^(?:Starts|Syncs)/.test(id));
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
    const [, resource] = Object.entries(stack.resolved).find(([id]) => id.startsWith("TrailStream")) ?? [];
    expect(resource).toMatchObject({ DependsOn: [expect.stringMatching(/^StreamPolicy/)] });
  });

  test("is filtered by keys, which every record has", () => {
    const { Filters } = z
      .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
      .parse(mapping()["FilterCriteria"]);
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: {
          Keys: {
            pk: {
              S: ["access#", "connection#", "denial#", "instance#", "suspension#", "chat-link#"].map((prefix) => ({
                prefix,
              })),
            },
          },
        },
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

describe("the bus", () => {
  test("belongs to the stack, and has no description, which GovCloud refuses", () => {
    expect(the("AWS::Events::EventBus")).toEqual({ Name: expect.stringMatching(/^Latchkey/) });
  });

  const { Statement: statement } = z.looseObject({ Statement: z.unknown() }).parse(the("AWS::Events::EventBusPolicy"));
  const mayPut = (principal: string | undefined) =>
    isAllowed(
      [
        { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
        // Only evaluated, and any form of it that the evaluator does not know fails.
        { Version: "2012-10-17", Statement: statement as Statement },
      ],
      {
        action: "events:PutEvents",
        resource: `arn:aws:events:us-east-1:111122223333:event-bus/${stack.all("AWS::Events::EventBus", anything)[0]?.id}`,
        context: principal === undefined ? {} : { "aws:PrincipalArn": principal },
      },
    );
  const roles = rolesOf(stack);
  const arnOf = (id: string) => `arn:aws:iam::111122223333:role/${id}`;

  test.each([
    ["an administrator", arnOf("Admin")],
    ["the account's root user", "arn:aws:iam::111122223333:root"],
    ["an AWS service, which has no role", undefined],
    ["another account's role of the same name", arnOf(roles.id("sweep")).replace("111122223333", "444455556666")],
    ["the push role", arnOf(roles.id("push"))],
    ...functionNames
      .filter((name) => name !== "projector" && name !== "sweep")
      .map((name) => [name, arnOf(roles.id(name))] as const),
  ])("refuses events of %s, with every permission of its own", (_, principal) => {
    expect(mayPut(principal)).toBe(false);
  });

  test.each(["projector", "sweep"] as const)("takes events of %s", (name) => {
    expect(mayPut(arnOf(roles.id(name)))).toBe(true);
  });
});
