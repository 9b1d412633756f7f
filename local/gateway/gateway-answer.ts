import type { APIGatewayProxyResult } from "aws-lambda";
import { type GatewayResponse, gatewayResponses } from "../../contract/gateway-responses.ts";
import { respondProblem } from "../../lambda/http/respond.ts";
import { Problem } from "../../lambda/shared/problem.ts";

/** One of the gateway's own answers, in the shape that the stack gives to them. */
export function gatewayAnswer(response: GatewayResponse, requestId: string): APIGatewayProxyResult {
  return respondProblem(new Problem(gatewayResponses[response]), requestId);
}
