import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const alarm = z.looseObject({
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()).optional(),
  MetricName: z.string(),
  Threshold: z.number(),
});

const stack = synthesize({});

const named = (name: string) =>
  stack.all("AWS::CloudWatch::Alarm", alarm).find(({ id }) => id.startsWith(`Alarms${name}`))?.properties;
const ofFunction = (name: string) => [{ Name: "FunctionName", Value: expect.stringMatching(new RegExp(`^${name}`)) }];
const aboveThreshold = { ComparisonOperator: "GreaterThanThreshold", Period: 60 };

describe("an alarm", () => {
  test.each([
    [
      "the projector fails, in three minutes of five",
      "ProjectorErrors",
      {
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Dimensions: ofFunction("Projector"),
        Statistic: "Sum",
        Threshold: 0,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        TreatMissingData: "notBreaching",
      },
    ],
    [
      "the projector is five minutes behind",
      "StreamAge",
      {
        Namespace: "AWS/Lambda",
        MetricName: "IteratorAge",
        Dimensions: ofFunction("Projector"),
        Statistic: "Maximum",
        Threshold: 300_000,
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
      },
    ],
    [
      "the sweep fails, in three minutes of five",
      "SweepErrors",
      {
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Dimensions: ofFunction("Sweep"),
        Statistic: "Sum",
        Threshold: 0,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        TreatMissingData: "notBreaching",
      },
    ],
    [
      "something went wrong with an event, even once",
      "EventsFailed",
      {
        Namespace: "Latchkey",
        MetricName: "EventsFailed",
        Dimensions: [{ Name: "service", Value: "latchkey" }],
        Statistic: "Sum",
        Threshold: 0,
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
      },
    ],
    [
      "events wait for five minutes, or nobody says that none do",
      "EventsWaiting",
      {
        Namespace: "Latchkey",
        MetricName: "EventsWaiting",
        Dimensions: [{ Name: "service", Value: "latchkey" }],
        Statistic: "Maximum",
        Threshold: 0,
        EvaluationPeriods: 5,
        TreatMissingData: "breaching",
      },
    ],
  ])("fires when %s", (_, name, properties) => {
    expect(named(name)).toMatchObject({ ...aboveThreshold, ...properties });
  });

  test("notifies nobody by default", () => {
    const alarms = stack.all("AWS::CloudWatch::Alarm", alarm);
    expect(alarms).toHaveLength(8);
    expect(alarms.flatMap(({ properties }) => properties.AlarmActions ?? [])).toEqual([]);
  });

  test("notifies the topic of the settings", () => {
    const alarms = synthesize(everySetting).all("AWS::CloudWatch::Alarm", alarm);
    expect(alarms).toHaveLength(8);
    expect(alarms.map(({ properties }) => properties.AlarmActions)).toEqual(
      alarms.map(() => ["arn:aws:sns:us-east-1:111122223333:alarms"]),
    );
  });
});

test("each alarm names its place in the runbook", () => {
  const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  for (const { properties } of stack.all("AWS::CloudWatch::Alarm", alarm)) {
    const anchor = /docs\/runbook\.md#([a-z]+)$/.exec(properties.AlarmDescription)?.[1];
    expect(headings).toContain(anchor);
  }
});
