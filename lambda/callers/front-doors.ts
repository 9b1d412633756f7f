import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { Problem } from "../shared/problem.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { readContext } from "./authorizer-context.ts";
import { callerOf } from "./iam.ts";

/**
 * Finds the caller of a request that a front door has authenticated, in `requestContext` alone: at the IAM door the ARN
 * of who has signed, at the OIDC door what the authorizer handed on.
 *
 * @returns a function that throws Problem `access-denied` for a caller that Latchkey does not accept, and
 *   `unauthenticated` if the token has expired since API Gateway kept the authorizer's result. It throws Error for an
 *   event that no front door makes.
 */
export const frontDoors =
  (settings: IdentitySettings) =>
  ({ requestContext }: Pick<APIGatewayProxyEvent, "requestContext">, now: Date): Caller => {
    const { authorizer, identity } = requestContext;
    if (!authorizer) return callerOf(settings, identity);
    if (identity.userArn) throw new Error("A request cannot come through both front doors");
    if (!settings.identities.oidc) throw new Error("The settings have no OIDC front door");
    const { expiresAt, ...caller } = readContext(authorizer);
    if (expiresAt * 1000 > now.getTime()) return { ...caller, frontDoor: "oidc" };
    throw new Problem("unauthenticated", {
      detail: "The token has expired. Send a new one.",
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    });
  };
