import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { WorkerCounts } from "../lambda/audit/worker-log.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import type { Settings } from "./settings.ts";

export interface TrailAlarmsProps {
  readonly projector: LatchkeyFunction;
  readonly sweep: LatchkeyFunction;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/** Each tells that the trail is behind, long before anything of it is lost: the stream keeps a record for a day. */
export class TrailAlarms extends Construct {
  constructor(scope: Construct, id: string, { projector, sweep, alarmTopicArn }: TrailAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(1);
    const topic = alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, "Topic", alarmTopicArn);
    const alarm = (name: string, props: Omit<AlarmProps, "comparisonOperator">) => {
      const made = new Alarm(this, name, { ...props, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD });
      if (topic) made.addAlarmAction(new SnsAction(topic));
    };
    // One attempt may fail, and the next succeed: three minutes of five tell of more.
    const often = { threshold: 0, evaluationPeriods: 5, datapointsToAlarm: 3 };
    const quiet = TreatMissingData.NOT_BREACHING;
    alarm("ProjectorErrors", {
      alarmDescription: "Events do not get from the table's stream into the trail: docs/runbook.md#projectorerrors",
      metric: projector.metricErrors({ period }),
      ...often,
      treatMissingData: quiet,
    });
    alarm("StreamAge", {
      alarmDescription: "The projector is five minutes behind the table's stream: docs/runbook.md#streamage",
      metric: projector.metric("IteratorAge", { period, statistic: Stats.MAXIMUM }),
      threshold: Duration.minutes(5).toMilliseconds(),
      evaluationPeriods: 1,
      treatMissingData: quiet,
    });
    alarm("SweepErrors", {
      alarmDescription: "What is due is not done: docs/runbook.md#sweeperrors",
      metric: sweep.metricErrors({ period }),
      ...often,
      treatMissingData: quiet,
    });
    alarm("EventsFailed", {
      alarmDescription: "Something went wrong with an event, a due item or the bus: docs/runbook.md#eventsfailed",
      metric: measured("EventsFailed", { period, statistic: Stats.SUM }),
      threshold: 0,
      // What the projector cannot read it passes over: that is told once.
      evaluationPeriods: 1,
      treatMissingData: quiet,
    });
    alarm("EventsWaiting", {
      alarmDescription: "Events have waited for the bus for five minutes: docs/runbook.md#eventswaiting",
      metric: measured("EventsWaiting", { period, statistic: Stats.MAXIMUM }),
      threshold: 0,
      evaluationPeriods: 5,
      // Each sweep says how many wait, none too: where nothing is said, nobody sweeps.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

/** One of the workers' own measures, as the functions' log has them. */
function measured(metricName: keyof WorkerCounts, options: MetricOptions): Metric {
  return new Metric({ ...options, namespace: "Latchkey", metricName, dimensionsMap: { service: "latchkey" } });
}
