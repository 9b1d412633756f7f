import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { MathExpression, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { SlackName } from "../contract/routes.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";

export interface SlackAlarmsProps {
  readonly api: RestApi;
  readonly functions: Readonly<Record<SlackName, LatchkeyFunction>>;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/** Each fires if people in Slack notice: their commands fail, or Slack gives up waiting. */
export class SlackAlarms extends Construct {
  constructor(scope: Construct, id: string, { api, functions, alarmTopicArn }: SlackAlarmsProps) {
    super(scope, id);
    const alarm = runbookAlarms(this, alarmTopicArn);
    const period = Duration.minutes(1);
    const often = {
      threshold: 0,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    alarm("SlackFailures", {
      tells: "The Slack app responds with 5xx, or its functions crash or time out",
      metric: new MathExpression({
        expression: "SUM([FILL(door, 0), FILL(chat, 0)])",
        usingMetrics: {
          door: api.metricServerError({ period, statistic: Stats.SUM }),
          chat: functions.chat.metricErrors({ period, statistic: Stats.SUM }),
        },
        period,
      }),
      ...often,
    });
    alarm("SlackLatency", {
      tells: "Slack waits for the app for more than two of its three seconds",
      metric: functions.slack.metricDuration({ period, statistic: Stats.MAXIMUM }),
      ...often,
      threshold: Duration.seconds(2).toMilliseconds(),
    });
  }
}
