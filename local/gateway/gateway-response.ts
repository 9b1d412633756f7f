import type { APIGatewayProxyResult } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { corsHeaders } from "../../contract/cors.ts";
import { type GatewayResponse, gatewayProblem, refusalVariable } from "../../contract/gateway-responses.ts";
import { respondProblem } from "../../lambda/http/respond.ts";
import { Problem } from "../../lambda/shared/problem.ts";

interface Respondent {
  /** The IAM door by default. */
  readonly door?: Caller["frontDoor"];
  /** What the authorizer says of the caller. */
  readonly refusal?: string | undefined;
  /** Whose pages may read it, if any. */
  readonly corsOrigin?: string | undefined;
}

/** A gateway response, in the shape that the stack defines. */
export function gatewayResponse(
  response: GatewayResponse,
  requestId: string,
  { door = "iam", refusal = "", corsOrigin }: Respondent = {},
): APIGatewayProxyResult {
  const { code, detail, headers: own } = gatewayProblem(response, door);
  const headers = { ...own, ...(corsOrigin && corsHeaders(corsOrigin)) };
  const words = detail?.replace(refusalVariable, refusal);
  return respondProblem(new Problem(code, { headers, ...(words && { detail: words }) }), requestId);
}
