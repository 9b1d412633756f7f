import type { APIGatewayProxyResult } from "aws-lambda";
import { type GatewayResponse, gatewayResponses } from "../../lambda/contract/gateway-responses.ts";
import { Problem } from "../../lambda/http/problem.ts";
import { respondProblem } from "../../lambda/http/respond.ts";

/** One of the gateway's own answers, in the shape that the stack gives to them. */
export function gatewayAnswer(response: GatewayResponse, requestId: string): APIGatewayProxyResult {
  return respondProblem(new Problem(gatewayResponses[response]), requestId);
}
