import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { type IMetric, MathExpression, Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { apiFunctionNames, type FunctionName, routes, workerFunctionNames } from "../contract/routes.ts";
import { indexes } from "../lambda/aws/dynamodb/table-keys.ts";
import { faultMetric } from "../lambda/callers/authorizer-log.ts";
import { functionLimits } from "./function-limits.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { measured, runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";

export interface ApiAlarmsProps {
  readonly api: RestApi;
  /** The front door for tokens, if there is one. */
  readonly oidcApi: RestApi | undefined;
  readonly functions: Readonly<Record<FunctionName, LatchkeyFunction>>;
  readonly table: TableV2;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

const period = Duration.minutes(1);
const sum = { period, statistic: Stats.SUM };
const quiet = { treatMissingData: TreatMissingData.NOT_BREACHING };
const often = { threshold: 0, evaluationPeriods: 5, datapointsToAlarm: 3, ...quiet };

/** Fires if callers notice, or are likely to: the API, its functions, the table, and what callers do. */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, { api, oidcApi, functions, table, alarmTopicArn }: ApiAlarmsProps) {
    super(scope, id);
    const alarm = runbookAlarms(this, alarmTopicArn);

    addDoorAlarms(alarm, api);
    if (oidcApi) addOidcAlarms(runbookAlarms(new Construct(this, "Oidc"), alarmTopicArn), oidcApi);
    addFunctionAlarms(alarm, functions, apiFunctionNames);
    // Apart, because an alarm takes ten metrics.
    addFunctionAlarms(runbookAlarms(new Construct(this, "Workers"), alarmTopicArn), functions, workerFunctionNames);
    const tells = "DynamoDB throttles the table";
    const { ofTable, ofAccessRequests } = throttlesOf(table);
    alarm("TableThrottles", { tells, metric: total(ofTable), ...often });
    const apart = runbookAlarms(new Construct(this, "AccessRequests"), alarmTopicArn);
    apart("TableThrottles", { tells, metric: total(ofAccessRequests), ...often });
    alarm("BreakGlass", {
      tells: "Somebody used break-glass",
      metric: measured("BreakGlass", sum, this),
      threshold: 0,
      evaluationPeriods: 1,
      ...quiet,
    });
  }
}

/** What callers of one front door notice. */
function addDoorAlarms(alarm: ReturnType<typeof runbookAlarms>, api: RestApi): void {
  alarm("ApiFailures", { tells: "The API responds with 5xx", metric: api.metricServerError(sum), ...often });
  alarm("ConnectionLatency", {
    tells: "Connections take seconds",
    metric: connectionLatency(api),
    ...often,
    threshold: Duration.seconds(5).toMilliseconds(),
  });
  alarm("Refusals", {
    tells: "The API refuses unusually many requests",
    metric: api.metricClientError({ ...sum, period: Duration.minutes(5) }),
    threshold: 300,
    evaluationPeriods: 1,
    ...quiet,
  });
}

function addOidcAlarms(alarm: ReturnType<typeof runbookAlarms>, api: RestApi): void {
  addDoorAlarms(alarm, api);
  alarm("AuthorizerFaults", {
    tells: "The authorizer of tokens has a fault",
    metric: measured(faultMetric, sum, api),
    threshold: 0,
    evaluationPeriods: 1,
    ...quiet,
  });
}

function addFunctionAlarms(
  alarm: ReturnType<typeof runbookAlarms>,
  functions: ApiAlarmsProps["functions"],
  names: readonly FunctionName[],
): void {
  const prompt = names.filter((name) => name !== "wait"); // which delays its responses on purpose
  alarm("FunctionErrors", {
    tells: "Functions crash or time out",
    metric: total(names.map((name) => functions[name].metricErrors(sum))),
    ...often,
  });
  alarm("FunctionThrottles", {
    tells: "Lambda throttles functions",
    metric: total(names.map((name) => functions[name].metricThrottles(sum))),
    ...often,
  });
  alarm("FunctionDuration", {
    tells: "A function takes most of its time-out",
    metric: combined(
      prompt.map((name) => functions[name].metricDuration({ period, statistic: Stats.MAXIMUM })),
      (ids) => `MAX([${ids.map((each, index) => `${each} / ${timeout(prompt[index])}`)}])`,
    ),
    ...often,
    threshold: 0.9,
  });
}

/** Of the route whose response a person waits for. The long polls would hide it among all routes. */
function connectionLatency(api: RestApi): Metric {
  const { path, method } = routes.createConnection;
  return new Metric({
    namespace: "AWS/ApiGateway",
    metricName: "Latency",
    dimensionsMap: { ApiName: api.restApiName, Resource: path, Method: method, Stage: api.deploymentStage.stageName },
    period,
    statistic: Stats.percentile(90),
  });
}

/**
 * Of the table's reads and writes, and of the writes of each index, which hold back those of the table; those of the indexes of
 * access requests apart.
 */
function throttlesOf({ tableName: TableName }: TableV2) {
  const throttles = (metricName: string, dimensions: Record<string, string> = {}) =>
    new Metric({ namespace: "AWS/DynamoDB", metricName, dimensionsMap: { TableName, ...dimensions }, ...sum });
  const names = Object.values(indexes).map(({ name }) => name);
  const isOfAccessRequests = (name: string) => name.startsWith(indexes.accessRequests.name);
  const ofIndex = (name: string) => throttles("WriteThrottleEvents", { GlobalSecondaryIndexName: name });
  return {
    ofTable: [
      throttles("ReadThrottleEvents"),
      throttles("WriteThrottleEvents"),
      ...names.filter((name) => !isOfAccessRequests(name)).map(ofIndex),
    ],
    ofAccessRequests: names.filter(isOfAccessRequests).map(ofIndex),
  };
}

const total = (metrics: readonly IMetric[]) =>
  combined(metrics, (ids) => `SUM([${ids.map((id) => `FILL(${id}, 0)`)}])`);

function combined(metrics: readonly IMetric[], expression: (ids: readonly string[]) => string): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({ expression: expression(Object.keys(usingMetrics)), usingMetrics, period });
}

/** Milliseconds. */
const timeout = (name: FunctionName | undefined) => (name === undefined ? 1 : functionLimits[name].timeout * 1000);
