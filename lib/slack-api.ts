import { type Acknowledgment, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import {
  AuthorizationType,
  EndpointType,
  IpAddressType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { accessLogFormat } from "./access-log.ts";
import { stageName } from "./invoke-permissions.ts";
import { integrationWith } from "./latchkey-api.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import type { Settings } from "./settings.ts";
import { slackRoutes } from "./slack-routes.ts";

/**
 * Of each route, for all that call it, since none is authenticated before its function runs: no flood of strangers takes more than
 * 25 executions of the account's quota, or a part of the API's own throttle.
 */
const throttle = { throttlingBurstLimit: 20, throttlingRateLimit: 5 };

/** The REST API of the Slack app. It has no methods yet: the functions behind them know its URL. */
export class SlackApi extends RestApi {
  /** Without a slash at its end. It refers to no stage, or the functions could not have it. */
  readonly publicUrl: string;

  constructor(scope: Construct, id: string, { logRetentionDays }: Pick<Settings, "logRetentionDays">) {
    const accessLog = new LogGroup(scope, `${id}AccessLog`, {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const { stackName, region, urlSuffix } = Stack.of(scope);
    super(scope, id, {
      // A dimension of its metrics.
      restApiName: `${stackName}-slack`,
      description: "Latchkey: the Slack app",
      endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
      deployOptions: {
        stageName,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        ...throttle,
      },
      cloudWatchRole: false,
    });
    this.publicUrl = `https://${this.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
    // CDK's own output of the URL.
    this.node.tryRemoveChild("Endpoint");
    Validations.of(this).acknowledge(...exceptions);
  }

  serve(functions: Readonly<Record<"slack" | "link", LatchkeyFunction>>): void {
    const slack = integrationWith(this, "AtSlackApi", functions.slack);
    const link = integrationWith(this, "AtSlackApi", functions.link);
    for (const [method, path, name] of slackRoutes) {
      const integration = name === "slack" ? slack : link;
      const resource = this.root.resourceForPath(path);
      resource.addMethod(method, integration, { authorizationType: AuthorizationType.NONE });
    }
  }
}

/** The cdk-nag rules that the API does not follow, with reasons. */
const exceptions: readonly Acknowledgment[] = [
  {
    id: "AwsSolutions-APIG2",
    reason: "Slack signs the body as it is, so the function verifies it before anything reads it.",
  },
  {
    id: "AwsSolutions-APIG3",
    reason: "Slack calls from addresses that it does not publish; a throttle bounds what strangers can take.",
  },
  {
    id: "AwsSolutions-APIG4",
    reason: "Slack signs its requests instead, which the function verifies; the other pages are where people sign in.",
  },
  {
    id: "AwsSolutions-APIG6",
    reason: "The access log has each request's verdict; execution logs could carry what people write.",
  },
  { id: "AwsSolutions-COG4", reason: "Callers are Slack, and people who sign in at their own provider." },
];
