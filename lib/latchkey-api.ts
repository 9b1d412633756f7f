import { type Acknowledgment, Annotations, Duration, RemovalPolicy, Size, Stack, Validations } from "aws-cdk-lib";
import {
  AuthorizationType,
  AwsIntegration,
  EndpointType,
  IpAddressType,
  type IResource,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
  TokenAuthorizer,
} from "aws-cdk-lib/aws-apigateway";
import { InterfaceVpcEndpoint } from "aws-cdk-lib/aws-ec2";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { bearerForm } from "../contract/bearer.ts";
import { corsHeaders, corsOriginVariable } from "../contract/cors.ts";
import { type GatewayResponse, gatewayProblem, gatewayResponses } from "../contract/gateway-responses.ts";
import { securityHeaders } from "../contract/headers.ts";
import { problemHeaders, problemOf } from "../contract/problem.ts";
import {
  type ApiFunctionName,
  apiFunctionNames,
  catchAllFunction,
  type RouteName,
  routeNames,
  routes,
} from "../contract/routes.ts";
import { accessLogFormat } from "./access-log.ts";
import { doorOf } from "./door-settings.ts";
import { resourcePolicy, stageName } from "./invoke-permissions.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { addPreflights } from "./preflight.ts";
import type { Settings } from "./settings.ts";
import { waitThrottleOf } from "./wait-throttle.ts";

export interface LatchkeyApiProps {
  readonly functions: Readonly<Record<ApiFunctionName, LatchkeyFunction>>;
  readonly settings: Settings;
  /** What authenticates tokens, at the OIDC front door. Left out: the API is the IAM front door. */
  readonly authorizer?: LatchkeyFunction;
}

/**
 * A front door: a REST API made from the route table, for callers with IAM credentials or with a token. Every other path goes to
 * a catch-all, which is authenticated too, so that an unknown path or method gets our own 404 or 405.
 */
export class LatchkeyApi extends RestApi {
  constructor(scope: Construct, id: string, { functions, settings, authorizer }: LatchkeyApiProps) {
    const accessLog = new LogGroup(scope, `${id}AccessLog`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const door = authorizer ? "oidc" : "iam";
    const { vpcEndpoints, domain, routeThrottles } = doorOf(settings, door);
    const corsOrigin = door === "oidc" ? corsOriginOf(settings) : undefined;
    const servesConsole = door === "oidc" && settings.console && !settings.console.cloudFront;
    const { stackName, account: ownAccount } = Stack.of(scope);
    const open = openRoutes.map((name) => routes[name]);
    const policy = resourcePolicy(settings, { door, openRoutes: open, ownAccount });
    super(scope, id, {
      // A dimension of its metrics.
      restApiName: door === "iam" ? stackName : `${stackName}-${door}`,
      description: "Latchkey",
      endpointConfiguration: {
        types: [vpcEndpoints ? EndpointType.PRIVATE : EndpointType.REGIONAL],
        // Or a range of IPv6 addresses in `sourceCidrs` would match nobody.
        ipAddressType: IpAddressType.DUAL_STACK,
        ...(vpcEndpoints && { vpcEndpoints: vpcEndpoints.map((each) => endpointOf(scope, `${id}-${each}`, each)) }),
      },
      // Or it would have a second name, with another TLS policy, that no firewall or proxy of the company knows.
      disableExecuteApiEndpoint: domain !== undefined,
      deployOptions: {
        stageName,
        ...(corsOrigin && { variables: { [corsOriginVariable]: corsOrigin } }),
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat,
        ...methodOptions(settings.stageThrottle),
        methodOptions: methodOptionsOf({
          getAccessRequest: waitThrottleOf(settings),
          ...Object.fromEntries(openRoutes.map((name) => [name, openThrottle])),
          ...routeThrottles,
        }),
      },
      ...(servesConsole && { minCompressionSize: Size.kibibytes(1) }),
      cloudWatchRole: door === "iam" && settings.apiGatewayLogRole,
      ...(policy && { policy }),
    });
    const authorization = authorizer ? underTokens(this, authorizer) : { authorizationType: AuthorizationType.IAM };
    if (!settings.apiGatewayLogRole) Annotations.of(this).addInfo(withoutLogRole);
    // The object has every function, which the type of Object.fromEntries loses.
    const integrations = Object.fromEntries(
      apiFunctionNames.map((name) => [name, integrationWith(this, `At${id}`, functions[name])]),
    ) as Record<ApiFunctionName, AwsIntegration>;
    const catchAll = (resource: IResource) => resource.addMethod("ANY", integrations[catchAllFunction], authorization);

    const resources = new Set<IResource>([this.root, this.root.addResource("{proxy+}")]);
    for (const route of Object.values(routes)) {
      const resource = this.root.resourceForPath(route.path);
      // Parent resources too: API Gateway stops at a resource without a method.
      for (let each: IResource | undefined = resource; each; each = each.parentResource) resources.add(each);
      const isOpen = route.authentication === "none";
      const method = resource.addMethod(
        route.method,
        integrations[route.function],
        isOpen ? { authorizationType: AuthorizationType.NONE } : authorization,
      );
      if (isOpen) Validations.of(method).acknowledge(openMethod);
    }
    for (const resource of resources) catchAll(resource);
    if (corsOrigin) addPreflights(resources, corsOrigin);
    // Object.keys loses the type of the keys.
    for (const type of Object.keys(gatewayResponses) as GatewayResponse[]) {
      this.#addResponse(type, door, corsOrigin);
    }
    // CDK's own output of the URL, which may lead nowhere: the stack has another.
    this.node.tryRemoveChild("Endpoint");
    const hasLogRole = door === "iam" && settings.apiGatewayLogRole;
    Validations.of(this).acknowledge(...exceptions, ...(hasLogRole ? [logRolePolicy] : []));
  }

  /** Gives one of API Gateway's own responses our shape and headers. */
  #addResponse(type: GatewayResponse, door: "iam" | "oidc", corsOrigin: string | undefined): void {
    const { code, headers: own, ...words } = gatewayProblem(type, door);
    const document = problemOf(code, "$context.requestId", words);
    const headers = { ...securityHeaders, ...problemHeaders(code), ...own, ...(corsOrigin && corsHeaders(corsOrigin)) };
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

/**
 * Has a function serve methods of an API's stage, as CDK's own integration does, but with one permission for all of them: a stack has
 * 500 resources at most. The test page of the console of API Gateway gets none.
 *
 * @param id of the permission, beside the function.
 */
export function integrationWith(api: RestApi, id: string, handler: LatchkeyFunction): AwsIntegration {
  handler.addPermission(id, {
    principal: new ServicePrincipal("apigateway.amazonaws.com"),
    sourceArn: api.arnForExecuteApi("*", "/*", stageName),
  });
  return new AwsIntegration({
    proxy: true,
    service: "lambda",
    path: `2015-03-31/functions/${handler.functionArn}/invocations`,
  });
}

/**
 * API Gateway keeps the authorizer's result for each token, on every path. Functions check the token's expiry again, so a short
 * time keeps the verdict close to the settings.
 */
function underTokens(scope: Construct, handler: LatchkeyFunction) {
  const authorizer = new TokenAuthorizer(scope, "Authorizer", {
    handler,
    resultsCacheTtl: Duration.seconds(60),
    validationRegex: bearerForm.source,
  });
  return { authorizationType: AuthorizationType.CUSTOM, authorizer };
}

/** The one origin whose pages may call the OIDC door. */
function corsOriginOf({ console, doors }: Settings): string | undefined {
  return console?.cloudFront ? `https://${console.cloudFront.domain.name}` : doors.oidc?.corsOrigin;
}

const endpointOf = (scope: Construct, id: string, vpcEndpointId: string) =>
  InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, id, { vpcEndpointId, port: 443 });

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

/** @param throttles by the name of their route */
function methodOptionsOf(throttles: Readonly<Record<string, Settings["stageThrottle"]>>) {
  const ofRoutes = Object.entries(throttles).map(([name, throttle]) => {
    const { path, method } = routes[name as RouteName]; // The settings have been checked to name routes.
    return [`${path}/${method}`, methodOptions(throttle)] as const;
  });
  return Object.fromEntries(ofRoutes);
}

const openRoutes = routeNames.filter((name) => routes[name].authentication === "none");

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
    id: "AwsSolutions-APIG6",
    reason: "The access log has each request's verdict; execution logs could carry parameters and tunnel URLs.",
  },
  {
    id: "AwsSolutions-COG4",
    reason: "Callers have IAM credentials or a token of their own issuer; nobody is kept in a user pool.",
  },
];

const openMethod: Acknowledgment = {
  id: "AwsSolutions-APIG4",
  reason: "The route table makes it public: its response is the same for everybody and names no caller or instance.",
};

const logRolePolicy: Acknowledgment = {
  id: "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
  reason: "The whole account shares the role, so it has AWS's own policy: with less, other APIs would lose their logs.",
};
