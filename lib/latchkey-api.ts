import {
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  ResponseType,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import { type GatewayResponse, gatewayResponses } from "../lambda/contract/gateway-responses.ts";
import { securityHeaders } from "../lambda/contract/headers.ts";
import { type ProblemCode, problemHeaders, problemOf } from "../lambda/contract/problem.ts";
import { catchAllFunction, type FunctionName, routes } from "../lambda/contract/routes.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";

export interface LatchkeyApiProps {
  readonly functions: Readonly<Record<FunctionName, LatchkeyFunction>>;
}

/**
 * The front door for callers with IAM credentials: a REST API made from the route table. Whatever is not in the table goes
 * to a catch-all under IAM too, so that an unknown path or method is our own 404 or 405.
 */
export class LatchkeyApi extends RestApi {
  constructor(scope: Construct, id: string, { functions }: LatchkeyApiProps) {
    super(scope, id, {
      description: "Latchkey",
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: { stageName: "live" },
      cloudWatchRole: false,
    });
    const integrationOf = (name: FunctionName) => new LambdaIntegration(functions[name], { allowTestInvoke: false });
    const catchAll = (resource: IResource) =>
      resource.addMethod("ANY", integrationOf(catchAllFunction), { authorizationType: AuthorizationType.IAM });

    const resources = new Set<IResource>([this.root, this.root.addResource("{proxy+}")]);
    for (const route of Object.values(routes)) {
      const resource = this.root.resourceForPath(route.path);
      // Those on the way to it too: where a resource is without a method, API Gateway looks no further.
      for (let each: IResource | undefined = resource; each; each = each.parentResource) resources.add(each);
      resource.addMethod(route.method, integrationOf(route.function), {
        authorizationType: route.authentication === "iam" ? AuthorizationType.IAM : AuthorizationType.NONE,
      });
    }
    for (const resource of resources) catchAll(resource);
    for (const [type, code] of Object.entries(gatewayResponses)) this.#answer(type as GatewayResponse, code);
  }

  /** Gives one of API Gateway's own answers the shape and the headers of ours. */
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
