import type { APIGatewayProxyResult } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { type GatewayResponse, gatewayProblem, refusalVariable } from "../../contract/gateway-responses.ts";
import { respondProblem } from "../../lambda/http/respond.ts";
import { Problem } from "../../lambda/shared/problem.ts";

/**
 * A gateway response, in the shape that the stack defines.
 *
 * @param door the IAM door by default.
 * @param refusal what the authorizer says of the caller.
 */
export function gatewayResponse(
  response: GatewayResponse,
  requestId: string,
  { door = "iam", refusal = "" }: { door?: Caller["frontDoor"]; refusal?: string | undefined } = {},
): APIGatewayProxyResult {
  const { code, detail, headers } = gatewayProblem(response, door);
  const words = detail?.replace(refusalVariable, refusal);
  return respondProblem(new Problem(code, { ...(words && { detail: words }), ...(headers && { headers }) }), requestId);
}
