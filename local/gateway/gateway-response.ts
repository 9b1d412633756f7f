import type { APIGatewayProxyResult } from "aws-lambda";
import { type GatewayResponse, gatewayResponses } from "../../contract/gateway-responses.ts";
import { respondProblem } from "../../lambda/http/respond.ts";
import { Problem } from "../../lambda/shared/problem.ts";

/** A gateway response, in the shape that the stack defines. */
export function gatewayResponse(response: GatewayResponse, requestId: string): APIGatewayProxyResult {
  return respondProblem(new Problem(gatewayResponses[response]), requestId);
}
