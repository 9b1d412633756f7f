import { Alarm, type AlarmProps, ComparisonOperator, Metric, type MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { WorkerCount } from "../lambda/workers/worker-log.ts";
import type { Settings } from "./settings.ts";

export interface RunbookAlarmProps extends Omit<AlarmProps, "comparisonOperator" | "alarmDescription"> {
  /** What is wrong, in half a sentence: the alarm's heading in docs/runbook.md is put behind it. */
  readonly tells: string;
}

/**
 * Makes alarms that ring above their threshold, each of which names its heading in docs/runbook.md: the alarm's own name.
 *
 * @param alarmTopicArn the topic that they tell, where there is one.
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

/** One of the workers' own measures, as the functions' log has them. */
export function measured(metricName: WorkerCount, options: MetricOptions): Metric {
  return new Metric({ ...options, namespace: "Latchkey", metricName, dimensionsMap: { service: "latchkey" } });
}
