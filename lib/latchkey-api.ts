import { type Acknowledgment, Annotations, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import {
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { type GatewayResponse, gatewayResponses } from "../contract/gateway-responses.ts";
import { securityHeaders } from "../contract/headers.ts";
import { type ProblemCode, problemHeaders, problemOf } from "../contract/problem.ts";
import { type ApiFunctionName, type ApiRoute, catchAllFunction, routes } from "../contract/routes.ts";
import { accessLogFormat } from "./access-log.ts";
import { resourcePolicy, stageName } from "./invoke-permissions.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import type { Settings } from "./settings.ts";
import { waitThrottleOf } from "./wait-throttle.ts";

export interface LatchkeyApiProps {
  readonly functions: Readonly<Record<ApiFunctionName, LatchkeyFunction>>;
  readonly settings: Settings;
}

/**
 * The front door for callers with IAM credentials: a REST API made from the route table. Every other path goes to
 * a catch-all, under IAM too, so that an unknown path or method gets our own 404 or 405.
 */
export class LatchkeyApi extends RestApi {
  constructor(scope: Construct, id: string, { functions, settings }: LatchkeyApiProps) {
    const accessLog = new LogGroup(scope, `${id}AccessLog`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const policy = resourcePolicy(settings, { openRoutes, ownAccount: Stack.of(scope).account });
    super(scope, id, {
      // A dimension of its metrics.
      restApiName: Stack.of(scope).stackName,
      description: "Latchkey",
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: {
        stageName,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat,
        ...methodOptions(settings.stageThrottle),
        methodOptions: {
          [methodOf(routes.getAccessRequest)]: methodOptions(waitThrottleOf(settings)),
          ...Object.fromEntries(openRoutes.map((route) => [methodOf(route), methodOptions(openThrottle)])),
        },
      },
      cloudWatchRole: settings.apiGatewayLogRole,
      ...(policy && { policy }),
    });
    if (!settings.apiGatewayLogRole) Annotations.of(this).addInfo(withoutLogRole);
    const integrationOf = (name: ApiFunctionName) => new LambdaIntegration(functions[name], { allowTestInvoke: false });
    const catchAll = (resource: IResource) =>
      resource.addMethod("ANY", integrationOf(catchAllFunction), { authorizationType: AuthorizationType.IAM });

    const resources = new Set<IResource>([this.root, this.root.addResource("{proxy+}")]);
    for (const route of Object.values(routes)) {
      const resource = this.root.resourceForPath(route.path);
      // Parent resources too: API Gateway stops at a resource without a method.
      for (let each: IResource | undefined = resource; each; each = each.parentResource) resources.add(each);
      const isOpen = route.authentication === "none";
      const method = resource.addMethod(route.method, integrationOf(route.function), {
        authorizationType: isOpen ? AuthorizationType.NONE : AuthorizationType.IAM,
      });
      if (isOpen) Validations.of(method).acknowledge(openMethod);
    }
    for (const resource of resources) catchAll(resource);
    for (const [type, code] of Object.entries(gatewayResponses)) this.#answer(type as GatewayResponse, code);
    Validations.of(this).acknowledge(...exceptions, ...(settings.apiGatewayLogRole ? [logRolePolicy] : []));
  }

  /** Gives one of API Gateway's own responses our shape and headers. */
  #answer(type: GatewayResponse, code: ProblemCode): void {
    const document = problemOf(code, "$context.requestId");
    const headers = { ...securityHeaders, ...problemHeaders(code) };
    this.addGatewayResponse(type, {
      type: ResponseType.of(type),
      statusCode: String(document.status),
      templates: { "application/json": JSON.stringify(document) },
      responseHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
        "X-Request-Id": "context.requestId",
      },
    });
  }
}

/** A stage's settings for a method. A method's own settings replace the stage's; none is inherited. */
function methodOptions({ burst, perSecond }: Settings["stageThrottle"]): MethodDeploymentOptions {
  return {
    metricsEnabled: true,
    loggingLevel: MethodLoggingLevel.OFF,
    dataTraceEnabled: false,
    throttlingBurstLimit: burst,
    throttlingRateLimit: perSecond,
  };
}

const methodOf = ({ path, method }: ApiRoute) => `${path}/${method}`;

const openRoutes = Object.values(routes).filter(({ authentication }) => authentication === "none");

/** For each route that strangers may call, so that they take little of the account's concurrent executions. */
const openThrottle = { burst: 10, perSecond: 5 };

const withoutLogRole =
  'API Gateway needs a role for its logs, one for the whole account and region. If the deployment fails with "CloudWatch Logs role ARN must be set in account settings", set "apiGatewayLogRole": true in the context "latchkey" of cdk.json.';

/** The cdk-nag rules that the API does not follow, with reasons. */
const exceptions: readonly Acknowledgment[] = [
  {
    id: "AwsSolutions-APIG2",
    reason: "The functions check every request against closed schemas, more strictly than API Gateway's models could.",
  },
  {
    id: "AwsSolutions-APIG3",
    reason:
      "IAM keeps strangers out before any code runs; a web ACL may be attached to the stage if rules require one.",
  },
  {
    id: "AwsSolutions-APIG6",
    reason: "The access log has each request's verdict; execution logs could carry parameters and tunnel URLs.",
  },
  { id: "AwsSolutions-COG4", reason: "Callers sign with IAM credentials; nobody is kept in a user pool." },
];

const openMethod: Acknowledgment = {
  id: "AwsSolutions-APIG4",
  reason: "The route table makes it public: its response is the same for everybody and names no caller or instance.",
};

const logRolePolicy: Acknowledgment = {
  id: "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
  reason: "The whole account shares the role, so it has AWS's own policy: with less, other APIs would lose their logs.",
};
