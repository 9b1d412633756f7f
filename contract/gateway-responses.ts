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
