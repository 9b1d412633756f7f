import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod";
import type { Caller } from "../../contract/caller.ts";
import { Problem } from "../shared/problem.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import type { AuthorizerContext } from "./authorizer-context.ts";
import { callerOf } from "./iam.ts";

const texts = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

const authorizerContext = z.object({
  id: z.string().min(1),
  kind: z.enum(["person", "machine"]),
  groups: texts,
  sources: texts,
  exp: z.string().min(1).transform(Number).pipe(z.number()),
} satisfies Record<keyof AuthorizerContext, z.ZodType>);

/**
 * Finds the caller of a request that a front door has authenticated, in `requestContext` alone: at the IAM door the ARN of who has
 * signed, at the OIDC door what the authorizer handed on.
 *
 * @returns a function that throws Problem `access-denied` for a caller that Latchkey does not accept, and `unauthenticated` if the token
 *   has expired since API Gateway kept the authorizer's result. It throws Error for an event that no front door makes.
 */
export const frontDoors =
  (settings: IdentitySettings) =>
  ({ requestContext }: Pick<APIGatewayProxyEvent, "requestContext">, now: Date): Caller => {
    const { authorizer, identity } = requestContext;
    if (!authorizer) return callerOf(settings, identity);
    if (identity.userArn) throw new Error("A request cannot come through both front doors");
    if (!settings.identities.oidc) throw new Error("The settings have no OIDC front door");
    const { exp, ...caller } = authorizerContext.parse(authorizer);
    if (exp * 1000 > now.getTime()) return { ...caller, frontDoor: "oidc" };
    throw new Problem("unauthenticated", {
      detail: "The token has expired. Send a new one.",
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    });
  };
