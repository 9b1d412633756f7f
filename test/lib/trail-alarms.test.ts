import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { apiFunctionNames, functionNames, workerFunctionNames } from "../../contract/routes.ts";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const dimensions = z.array(z.object({ Name: z.string(), Value: z.string() }));
const alarm = z.looseObject({
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()).optional(),
  Threshold: z.number(),
  Dimensions: dimensions.optional(),
  Metrics: z
    .array(z.object({ MetricStat: z.object({ Metric: z.object({ Dimensions: dimensions }) }).optional() }))
    .default([]),
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
        Dimensions: [{ Name: "service", Value: stack.stackName }],
        Statistic: "Sum",
        Threshold: 0,
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
      },
    ],
    [
      "an event is refused, even once",
      "EventsRefused",
      {
        Namespace: "Latchkey",
        MetricName: "EventsRefused",
        Dimensions: [{ Name: "service", Value: stack.stackName }],
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
        Dimensions: [{ Name: "service", Value: stack.stackName }],
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
    expect(alarms).toHaveLength(23);
    expect(alarms.flatMap(({ properties }) => properties.AlarmActions ?? [])).toEqual([]);
  });

  test("notifies the topic of the settings", () => {
    const alarms = synthesize(everySetting).all("AWS::CloudWatch::Alarm", alarm);
    // Four of them are the OIDC door's, four the Slack app's, four the webhooks', one is about organizational units.
    expect(alarms).toHaveLength(36);
    expect(alarms.map(({ properties }) => properties.AlarmActions)).toEqual(
      alarms.map(() => ["arn:aws:sns:us-east-1:111122223333:alarms"]),
    );
  });
});

test("each alarm names its place in the runbook", () => {
  const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  for (const { properties } of synthesize(everySetting).all("AWS::CloudWatch::Alarm", alarm)) {
    const anchor = /docs\/runbook\.md#([a-z]+)$/.exec(properties.AlarmDescription)?.[1];
    expect(headings).toContain(anchor);
  }
});

describe("an alarm of the API fires when", () => {
  const ofApi = (name: string) =>
    stack.all("AWS::CloudWatch::Alarm", alarm).find(({ id }) => id.startsWith(`ApiAlarms${name}`))?.properties;
  const often = { Threshold: 0, EvaluationPeriods: 5, DatapointsToAlarm: 3, TreatMissingData: "notBreaching" };

  test.each([
    ["it responds with 5xx, in three minutes of five", "ApiFailures", { MetricName: "5XXError", ...often }],
    [
      "connections take five seconds, in three minutes of five",
      "ConnectionLatency",
      { MetricName: "Latency", ExtendedStatistic: "p90", ...often, Threshold: 5000 },
    ],
    ["it refuses 300 requests in five minutes", "Refusals", { MetricName: "4XXError", Period: 300, Threshold: 300 }],
    ["somebody used break-glass", "BreakGlass", { MetricName: "BreakGlass", Namespace: "Latchkey", Threshold: 0 }],
    ["functions fail", "FunctionErrors", often],
    ["functions are throttled", "FunctionThrottles", often],
    ["a function takes nine tenths of its time-out", "FunctionDuration", { ...often, Threshold: 0.9 }],
    ["the table is throttled", "TableThrottles", often],
  ])("%s", (_, name, properties) => {
    expect(ofApi(name)).toMatchObject(properties);
  });

  test("the authorizer has a fault of its own, even once: invalid tokens and issuers that are down count elsewhere", () => {
    const [own, ...others] = synthesize(everySetting)
      .all("AWS::CloudWatch::Alarm", alarm)
      .filter(({ properties }) => properties.AlarmDescription.endsWith("#authorizerfaults"));
    expect(others).toEqual([]);
    expect(own?.properties).toMatchObject({
      ...{
        Namespace: "Latchkey",
        MetricName: "AuthorizerFaults",
        Statistic: "Sum",
        Threshold: 0,
        EvaluationPeriods: 1,
      },
      Dimensions: [{ Name: "service", Value: stack.stackName }],
    });
  });

  test.each([
    ["FunctionErrors", apiFunctionNames.length],
    ["FunctionThrottles", apiFunctionNames.length],
    ["FunctionDuration", apiFunctionNames.length - 1],
    ["WorkersFunctionErrors", workerFunctionNames.length],
    ["WorkersFunctionThrottles", workerFunctionNames.length],
    ["WorkersFunctionDuration", workerFunctionNames.length],
    ["TableThrottles", 2 + Object.keys(indexes).length - 5],
    ["AccessRequestsTableThrottles", 5],
  ])("%s has all its metrics, and no more than CloudWatch's ten", (name, count) => {
    const metrics = ofApi(name)?.Metrics.filter(({ MetricStat }) => MetricStat !== undefined);
    expect(metrics).toHaveLength(count);
    expect(count).toBeLessThanOrEqual(10);
  });
});

test("each metric of an alarm belongs to this stack: it has its name, or one of its resources", () => {
  const ids = Object.keys(stack.resolved);
  for (const { id, properties } of stack.all("AWS::CloudWatch::Alarm", alarm)) {
    const sets = [properties.Dimensions, ...properties.Metrics.map(({ MetricStat }) => MetricStat?.Metric.Dimensions)];
    for (const set of sets.filter((each) => each !== undefined)) {
      const isOurs = set.some(({ Value }) => Value === stack.stackName || ids.some((each) => Value.startsWith(each)));
      expect([id, set, isOurs]).toEqual([id, set, true]);
    }
  }
});

test("two stacks in one account share no metric: neither do their alarms look at, nor their functions write, the same one", () => {
  const [own, sibling] = stack.metrics;
  expect(own?.watched.length).toBeGreaterThan(20);
  expect(own?.watched.filter((each) => sibling?.watched.includes(each))).toEqual([]);
  for (const each of [own, sibling]) {
    expect(each?.written).toHaveLength(functionNames.length);
    expect(new Set(each?.written)).toEqual(new Set([each?.stackName]));
  }
});
