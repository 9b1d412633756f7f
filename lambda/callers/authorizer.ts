import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { bearerForm } from "../../contract/bearer.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { contextOf } from "./authorizer-context.ts";
import type { AuthorizerLine } from "./authorizer-log.ts";
import { IssuerUnavailable } from "./key-set.ts";
import { callerOf, refusals } from "./oidc.ts";
import { InvalidToken, type TokenPorts, tokenVerifier } from "./tokens.ts";

export interface AuthorizerPorts extends TokenPorts {
  readonly log: (line: AuthorizerLine) => void;
}

/**
 * Authenticates at the OIDC front door, and decides nothing else: API Gateway keeps the result for each token, so it is
 * the same for every route.
 *
 * @returns a function of API Gateway's event. For a token that is not valid it throws "Unauthorized", which API Gateway
 *   turns into 401. Every other error becomes 503: API Gateway does not tell an issuer that is down from a fault of
 *   ours, but the log does.
 */
export function authorizer(settings: IdentitySettings, ports: AuthorizerPorts) {
  const verify = tokenVerifier(settings.identities.oidc ?? [], ports);
  return async ({
    authorizationToken,
    methodArn,
  }: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    try {
      const { issuer, claims, expiresAt } = await verify(bearerIn(authorizationToken));
      const outcome = callerOf(settings, issuer, claims);
      if ("caller" in outcome) {
        return resultOf("Allow", methodArn, outcome.caller.id, contextOf(outcome.caller, expiresAt));
      }
      ports.log({ level: "warn", message: "caller.refused", issuer: issuer.name, refusal: outcome.refusal });
      return resultOf("Deny", methodArn, "refused", { refusal: refusals[outcome.refusal] });
    } catch (error) {
      ports.log(lineOf(error));
      throw new Error(error instanceof InvalidToken ? "Unauthorized" : "The token could not be checked");
    }
  };
}

/** @returns no token if the header has another form. */
const bearerIn = (header: string) => (bearerForm.test(header) ? header.slice("Bearer ".length) : "");

/** Without the messages of other errors, which could quote a token or a response. */
function lineOf(error: unknown): AuthorizerLine {
  if (error instanceof InvalidToken) return { level: "warn", message: "token.refused", fault: error.fault };
  if (error instanceof IssuerUnavailable) {
    return { level: "error", message: "issuer.unavailable", issuer: error.issuer, cause: nameOf(error.cause) };
  }
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return { level: "error", message: "authorizer.failed", cause: nameOf(error), stack: frames.slice(0, 8) };
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

function resultOf(
  Effect: "Allow" | "Deny",
  methodArn: string,
  principalId: string,
  context: Readonly<Record<string, string>>,
): APIGatewayAuthorizerResult {
  // Of one method, the kept result would refuse the next.
  const [api, stage] = methodArn.split("/");
  const Resource = `${api}/${stage}/*`;
  return {
    principalId,
    policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
    context,
  };
}
