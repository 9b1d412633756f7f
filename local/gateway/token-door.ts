import type { IncomingMessage } from "node:http";
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import { bearerForm } from "../../contract/bearer.ts";
import type { Functions } from "../functions/functions.ts";
import { account, region } from "../shared/account.ts";
import type { Authentication } from "./authenticate.ts";

const stageArn = `arn:aws:execute-api:${region}:${account}:local-oidc/live`;

/** Milliseconds: as the stack's authorizer says. */
const kept = 60_000;

/**
 * The OIDC door, as API Gateway is with a token authorizer: it runs the function for a header of the right form, keeps what it
 * returns for a minute, and hands its context on as texts.
 */
export function tokenDoor(authorizer: Functions["authorize"]) {
  const results = new Map<string, { readonly until: number; readonly result: APIGatewayAuthorizerResult }>();
  return async (request: IncomingMessage, _: Buffer, now: Date): Promise<Authentication> => {
    const { headersDistinct, method = "", url = "" } = request;
    // Of two headers, which one API Gateway takes is written nowhere.
    const [token = "", ...others] = headersDistinct["authorization"] ?? [];
    if (!bearerForm.test(token) || others.length > 0) return { refused: "UNAUTHORIZED" };
    const found = results.get(token);
    if (found && found.until > now.getTime()) return outcomeOf(found.result);
    const [path = ""] = url.split("?");
    const methodArn = `${stageArn}/${method}${path}`;
    const start = performance.now();
    try {
      const result = await authorizer.invoke({ type: "TOKEN", authorizationToken: token, methodArn });
      results.set(token, { until: now.getTime() + kept, result });
      return outcomeOf(result, performance.now() - start);
    } catch (error) {
      const isRefused = error instanceof Error && error.message === "Unauthorized";
      return { refused: isRefused ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE" };
    }
  };
}

function outcomeOf(
  { principalId, policyDocument, context }: APIGatewayAuthorizerResult,
  integrationLatency = 0,
): Authentication {
  const texts = Object.fromEntries(Object.entries(context ?? {}).map(([name, value]) => [name, String(value)]));
  const isAllowed =
    policyDocument.Statement.length > 0 &&
    policyDocument.Statement.every(
      (one) => one.Effect === "Allow" && "Resource" in one && one.Resource === `${stageArn}/*`,
    );
  if (!isAllowed) return { refused: "ACCESS_DENIED", refusal: texts["refusal"] };
  return { userArn: null, authorizer: { principalId, integrationLatency: Math.round(integrationLatency), ...texts } };
}
