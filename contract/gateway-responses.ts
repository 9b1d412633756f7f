import type { Caller } from "./caller.ts";
import type { ProblemCode } from "./problem.ts";

/**
 * The responses that API Gateway makes itself, each with the problem code that it gets instead of the gateway's own
 * words. The keys are API Gateway's response types ("Gateway response types" in its developer guide).
 *
 * MISSING_AUTHENTICATION_TOKEN is the response to an unsigned request. The gateway also gives it to unknown paths and
 * methods, so the stack has catch-all resources under IAM that respond with 404 and 405.
 */
export const gatewayResponses = {
  MISSING_AUTHENTICATION_TOKEN: "unauthenticated",
  UNAUTHORIZED: "unauthenticated",
  INVALID_SIGNATURE: "invalid-signature",
  EXPIRED_TOKEN: "invalid-signature",
  // None of them is a decision of Latchkey's policies, which the request has not reached.
  ACCESS_DENIED: "not-invokable",
  INVALID_API_KEY: "not-invokable",
  WAF_FILTERED: "not-invokable",
  RESOURCE_NOT_FOUND: "not-found",
  BAD_REQUEST_BODY: "invalid-request",
  BAD_REQUEST_PARAMETERS: "invalid-request",
  REQUEST_TOO_LARGE: "payload-too-large",
  UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
  THROTTLED: "throttled",
  QUOTA_EXCEEDED: "throttled",
  API_CONFIGURATION_ERROR: "internal",
  AUTHORIZER_CONFIGURATION_ERROR: "internal",
  AUTHORIZER_FAILURE: "internal",
  // A function that Lambda throttles, above all.
  INTEGRATION_FAILURE: "upstream-unavailable",
  INTEGRATION_TIMEOUT: "deadline-exceeded",
  DEFAULT_4XX: "invalid-request",
  DEFAULT_5XX: "internal",
} as const satisfies Record<string, ProblemCode>;

export type GatewayResponse = keyof typeof gatewayResponses;

/** What one of API Gateway's own responses says. */
export interface GatewayProblem {
  readonly code: ProblemCode;
  /** In place of the code's usual words. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const withoutToken: GatewayProblem = {
  code: "unauthenticated",
  detail: "The bearer token is missing, has expired, or is not of an issuer that Latchkey accepts.",
  headers: { "WWW-Authenticate": "Bearer" },
};

const filtered: GatewayProblem = {
  code: "not-invokable",
  detail:
    "The web ACL in front of the API has stopped this request: too many came from this address, or it looks like an attack. Wait five minutes, then ask Latchkey's operators.",
};

/** API Gateway gives both of its types for an error of the function: it does not tell whose fault that is. */
const unchecked: GatewayProblem = {
  code: "upstream-unavailable",
  detail:
    "The token could not be checked: its issuer did not return its keys, or Latchkey's authorizer failed. Wait, then try again.",
};

/** API Gateway puts in its place why the authorizer has refused the caller of a valid token. */
export const refusalVariable = "$context.authorizer.refusal";

/** What has words of its own: more at the OIDC door, whose authorizer is a function. */
const ownResponses: Record<Caller["frontDoor"], Partial<Record<GatewayResponse, GatewayProblem>>> = {
  iam: { WAF_FILTERED: filtered },
  oidc: {
    WAF_FILTERED: filtered,
    MISSING_AUTHENTICATION_TOKEN: withoutToken,
    UNAUTHORIZED: withoutToken,
    // The resource policy denies before the authorizer runs: then there is no refusal.
    ACCESS_DENIED: {
      code: "access-denied",
      detail: `Latchkey does not accept the caller of this token, or the network that the request comes from. ${refusalVariable}`,
    },
    AUTHORIZER_FAILURE: unchecked,
    AUTHORIZER_CONFIGURATION_ERROR: unchecked,
  },
};

/** What API Gateway's own responses say at a front door. */
export function gatewayProblem(response: GatewayResponse, door: Caller["frontDoor"]): GatewayProblem {
  return ownResponses[door][response] ?? { code: gatewayResponses[response] };
}
