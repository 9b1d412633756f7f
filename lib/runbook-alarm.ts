import { type Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Metric,
  type MetricOptions,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { faultMetric } from "../lambda/callers/authorizer-log.ts";
import type { TargetCount, WorkerCount } from "../lambda/workers/worker-log.ts";
import type { Settings } from "./settings.ts";

export interface RunbookAlarmProps extends Omit<AlarmProps, "comparisonOperator" | "alarmDescription"> {
  /** What is wrong, in half a sentence. The alarm's heading in docs/runbook.md is appended. */
  readonly tells: string;
}

/**
 * Creates alarms that fire above their threshold. The description of each names its heading in docs/runbook.md.
 *
 * @param alarmTopicArn the topic to notify, if any.
 */
export function runbookAlarms(
  scope: Construct,
  alarmTopicArn: Settings["alarmTopicArn"],
): (name: string, props: RunbookAlarmProps) => void {
  const topic = alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(scope, "Topic", alarmTopicArn);
  return (name, { tells, ...props }) => {
    const alarm = new Alarm(scope, name, {
      ...props,
      alarmDescription: `${tells}: docs/runbook.md#${name.toLowerCase()}`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
    if (topic) alarm.addAlarmAction(new SnsAction(topic));
  };
}

/** A metric that the functions of a construct's stack write to their log. */
export function measured(
  metricName: WorkerCount | typeof faultMetric,
  options: MetricOptions,
  scope: Construct,
): Metric {
  const { stackName: service } = Stack.of(scope);
  return new Metric({ ...options, namespace: "Latchkey", metricName, dimensionsMap: { service } });
}

/**
 * The greatest value of a metric of each target, as a query whose alarm names the targets that it fires for.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/multi-time-series-alarm.html
 */
export function measuredByTarget(metricName: TargetCount, period: Duration, scope: Construct): MathExpression {
  const { stackName } = Stack.of(scope);
  const source = `SCHEMA("Latchkey", "service", "target") WHERE "service" = '${stackName}'`;
  return new MathExpression({
    expression: `SELECT MAX("${metricName}") FROM ${source} GROUP BY "target" ORDER BY MAX() DESC`,
    period,
  });
}
