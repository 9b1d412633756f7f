import { Duration } from "aws-cdk-lib";
import { Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { measured, runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";

export interface TrailAlarmsProps {
  readonly projector: LatchkeyFunction;
  readonly sweep: LatchkeyFunction;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/** Each fires long before an event can be lost: the stream keeps a record for a day. */
export class TrailAlarms extends Construct {
  constructor(scope: Construct, id: string, { projector, sweep, alarmTopicArn }: TrailAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(1);
    const alarm = runbookAlarms(this, alarmTopicArn);
    // A single attempt may fail and the next succeed: three minutes of five are more than that.
    const often = { threshold: 0, evaluationPeriods: 5, datapointsToAlarm: 3 };
    const quiet = TreatMissingData.NOT_BREACHING;
    alarm("ProjectorErrors", {
      tells: "Events from the table's stream do not reach the trail",
      metric: projector.metricErrors({ period }),
      ...often,
      treatMissingData: quiet,
    });
    alarm("StreamAge", {
      tells: "The projector is five minutes behind the table's stream",
      metric: projector.metric("IteratorAge", { period, statistic: Stats.MAXIMUM }),
      threshold: Duration.minutes(5).toMilliseconds(),
      evaluationPeriods: 1,
      treatMissingData: quiet,
    });
    alarm("SweepErrors", {
      tells: "Due work is not done",
      metric: sweep.metricErrors({ period }),
      ...often,
      treatMissingData: quiet,
    });
    alarm("EventsFailed", {
      tells: "Something went wrong with an event, a due item or the bus",
      metric: measured("EventsFailed", { period, statistic: Stats.SUM }, this),
      threshold: 0,
      // The projector skips what it cannot read, so this is reported once.
      evaluationPeriods: 1,
      treatMissingData: quiet,
    });
    alarm("EventsRefused", {
      tells: "A function has written an event that is not its item's",
      metric: measured("EventsRefused", { period, statistic: Stats.SUM }, this),
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: quiet,
    });
    alarm("EventsWaiting", {
      tells: "Events have waited for the bus for five minutes",
      metric: measured("EventsWaiting", { period, statistic: Stats.MAXIMUM }, this),
      threshold: 0,
      evaluationPeriods: 5,
      // Each sweep reports how many wait, zero included: no data means that no sweep runs.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
