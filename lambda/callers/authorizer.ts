import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { bearerForm } from "../../contract/bearer.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { contextOf } from "./authorizer-context.ts";
import { IssuerUnavailable } from "./key-set.ts";
import { callerOf, refusals } from "./oidc.ts";
import { InvalidToken, type TokenPorts, tokenVerifier } from "./tokens.ts";

export interface AuthorizerPorts extends TokenPorts {
  /** Writes one line. It gets words of ours and of the settings, never a part of the token. */
  readonly log: (line: Readonly<Record<string, string>>) => void;
}

/**
 * Authenticates at the OIDC front door, and decides nothing else: API Gateway keeps the result for each token, so it is the same for
 * every route.
 *
 * @returns a function of API Gateway's event. For a token that is not valid it throws "Unauthorized", which API Gateway turns into 401.
 *   Every other error becomes 503.
 */
export function authorizer(settings: IdentitySettings, ports: AuthorizerPorts) {
  const verify = tokenVerifier(settings.identities.oidc ?? [], ports);
  return async ({
    authorizationToken,
    methodArn,
  }: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const { issuer, claims, expiresAt } = await verify(bearerIn(authorizationToken)).catch((error: unknown) => {
      if (!(error instanceof InvalidToken)) {
        ports.log({ level: "error", message: "issuer.unavailable", cause: causeOf(error) });
        throw new Error("The token could not be checked");
      }
      ports.log({ level: "warn", message: "token.refused", fault: error.fault });
      throw new Error("Unauthorized");
    });
    const outcome = callerOf(settings, issuer, claims);
    if ("caller" in outcome) {
      return resultOf("Allow", methodArn, outcome.caller.id, contextOf(outcome.caller, expiresAt));
    }
    ports.log({ level: "warn", message: "caller.refused", issuer: issuer.name, refusal: outcome.refusal });
    return resultOf("Deny", methodArn, "refused", { refusal: refusals[outcome.refusal] });
  };
}

/** @returns no token if the header has another form. */
const bearerIn = (header: string) => (bearerForm.test(header) ? header.slice("Bearer ".length) : "");

/** The name of what went wrong: a message could quote a response. */
function causeOf(error: unknown): string {
  const cause = error instanceof IssuerUnavailable ? error.cause : error;
  return cause instanceof Error ? cause.name : "Error";
}

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
