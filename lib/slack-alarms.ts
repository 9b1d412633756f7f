import { Duration, Stack } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { MathExpression, Metric, type MetricOptions, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { SlackName } from "../contract/routes.ts";
import { slackRoute } from "../lambda/http/slack-log.ts";
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
    const sum = { period, statistic: Stats.SUM };
    const often = {
      threshold: 0,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    alarm("SlackFailures", {
      tells: "The Slack app fails at what Slack sends, or at its queue",
      metric: new MathExpression({
        expression: "SUM([FILL(responses, 0), FILL(faults, 0), FILL(chat, 0)])",
        usingMetrics: {
          responses: api.metricServerError(sum),
          faults: doorFaults(this, sum),
          chat: functions.chat.metricErrors(sum),
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

/** What the door could not do. Slack shows people only responses 200, so it has told them with one. */
function doorFaults(scope: Construct, options: MetricOptions): Metric {
  const dimensionsMap = { service: Stack.of(scope).stackName, route: slackRoute };
  return new Metric({ ...options, namespace: "Latchkey", metricName: "Faults", dimensionsMap });
}
