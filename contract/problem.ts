import * as z from "zod";
import { type Requirements, requirements } from "./requirements.ts";

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
  /** For a case that has no words of its own. Never echoes the input. */
  readonly detail: string;
  /** Seconds for the Retry-After header, unless the case at hand knows better. Every 429 and 503 has one. */
  readonly retryAfter?: number;
}

/** Every problem code, in the order of verdicts. Only this table gives a code its status. */
export const problems = {
  unauthenticated: {
    status: 401,
    title: "Not authenticated",
    retryable: false,
    detail: "Sign the request with AWS Signature Version 4, service execute-api, as an assumed role.",
  },
  "invalid-signature": {
    status: 403,
    title: "Invalid signature",
    retryable: false,
    detail:
      "Check the credentials, the region, the clock, and that the service is execute-api. Sort query parameters by name before signing; curl 7 does not.",
  },
  "not-invokable": {
    status: 403,
    title: "API not invokable",
    retryable: false,
    detail:
      "AWS does not let this caller invoke the API. The role needs the permission execute-api:Invoke. The API must admit the network that the request comes from, and another account.",
  },
  "access-denied": {
    status: 403,
    title: "Access denied",
    retryable: false,
    detail: "Policy does not permit this.",
  },
  "approval-required": {
    status: 403,
    title: "Approval required",
    retryable: false,
    detail: "Policy requires an active access request for this. `requirements` says what it needs.",
  },
  "self-review": {
    status: 403,
    title: "Own access request",
    retryable: false,
    detail: "You cannot review an access request that you made or that gives you access, under any role.",
  },
  "reviewer-not-allowed": {
    status: 403,
    title: "Reviewer not allowed",
    retryable: false,
    detail: "Policy does not let you review this access request.",
  },
  "caller-suspended": {
    status: 403,
    title: "Caller suspended",
    retryable: false,
    detail: "You are suspended. Ask somebody who may suspend callers to restore you.",
  },
  "nobody-can-approve": {
    status: 403,
    title: "Nobody can approve",
    retryable: false,
    detail: "Policy lets too few people review this access request.",
  },
  "not-found": {
    status: 404,
    title: "Route not found",
    retryable: false,
    detail: "The API has no such path.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    retryable: false,
    detail: "The Allow header lists the methods of this path.",
  },
  "invalid-request": {
    status: 400,
    title: "Invalid request",
    retryable: false,
    detail: "The request is not valid; `errors` lists the invalid fields.",
  },
  "precondition-failed": {
    status: 412,
    title: "Changed in the meantime",
    retryable: false,
    detail: "This is not the version that the request names; nothing was changed. Read it again, then decide.",
  },
  "precondition-required": {
    status: 428,
    title: "Precondition required",
    retryable: false,
    detail: "Send If-Match with the ETag that you have read, or If-None-Match: * if nothing is registered yet.",
  },
  "payload-too-large": {
    status: 413,
    title: "Request too large",
    retryable: false,
    detail: "The body is limited to 8 KiB, and request line and headers together to 10,240 bytes.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "Unsupported media type",
    retryable: false,
    detail: "Send the body as application/json in UTF-8.",
  },
  "instance-not-found": {
    status: 404,
    title: "Instance not found",
    retryable: false,
    detail: "The instance does not exist, or you may not see it.",
  },
  "access-request-not-found": {
    status: 404,
    title: "Access request not found",
    retryable: false,
    detail: "The access request does not exist, or you may not see it.",
  },
  "policies-not-found": {
    status: 404,
    title: "Policies not found",
    retryable: false,
    detail: "No policies with this digest are kept.",
  },
  "instance-not-running": {
    status: 409,
    title: "Instance not running",
    retryable: false,
    detail: "Start the instance, then try again.",
  },
  "no-route-to-instance": {
    status: 409,
    title: "Instance unreachable",
    retryable: false,
    detail: "The instance's `connectionOptions` say what is missing.",
  },
  "endpoint-unavailable": {
    status: 409,
    title: "Instance Connect Endpoint unavailable",
    retryable: false,
    detail: "The instance's `connectionOptions` say what is missing.",
  },
  "not-covered-by-push-tag": {
    status: 409,
    title: "Instance lacks the push tag",
    retryable: false,
    detail: "The stack pushes keys only to instances with the tag of its setting `pushTag`.",
  },
  "aws-refused": {
    status: 502,
    title: "AWS refused the call",
    retryable: false,
    detail: "AWS does not permit a call that Latchkey made. Give the requestId to its operators.",
  },
  "already-reviewed": {
    status: 409,
    title: "Already reviewed",
    retryable: false,
    detail: "You have already reviewed this request; it needs another reviewer.",
  },
  "request-not-pending": {
    status: 409,
    title: "Access request not pending",
    retryable: false,
    detail: "It has been decided or cancelled, or has expired.",
  },
  "request-not-active": {
    status: 409,
    title: "Access request not active",
    retryable: false,
    detail:
      "Only active access can be extended, and only active or scheduled access can be revoked. A pending request can be cancelled.",
  },
  "idempotency-in-progress": {
    status: 409,
    title: "Request in progress",
    retryable: true,
    detail: "A request with the same Idempotency-Key is still running. Wait, then try again.",
    retryAfter: 1,
  },
  "idempotency-mismatch": {
    status: 422,
    title: "Idempotency-Key reused",
    retryable: false,
    detail: "The Idempotency-Key was used with another body. Use a new key for each request.",
  },
  "key-rejected": {
    status: 422,
    title: "Key rejected by AWS",
    retryable: false,
    detail: "EC2 Instance Connect does not accept this public key. Use an ed25519 key.",
  },
  throttled: {
    status: 429,
    title: "Too many requests",
    retryable: true,
    detail: "Wait, then try again.",
    retryAfter: 1,
  },
  internal: {
    status: 500,
    title: "Internal error",
    retryable: false,
    detail: "Latchkey failed. Give the requestId to its operators.",
  },
  "upstream-failure": {
    status: 502,
    title: "AWS call failed",
    retryable: true,
    detail: "A call that Latchkey made to AWS failed. If that continues, give the requestId to its operators.",
  },
  "upstream-unavailable": {
    status: 503,
    title: "Upstream unavailable",
    retryable: true,
    detail: "An AWS service that Latchkey calls is unavailable. Wait, then try again.",
    retryAfter: 2,
  },
  "deadline-exceeded": {
    status: 504,
    title: "Upstream timed out",
    retryable: true,
    detail: "AWS did not respond in time. Try again.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

const fieldError = z
  .object({
    pointer: z
      .string()
      .describe(
        "A JSON pointer (RFC 6901) to the field; path and query parameters are at the root. For an unknown field whose name is long or odd it points to the object around it.",
      ),
    code: z.string().describe("What is wrong with it, for a program."),
    detail: z.string().optional().describe("What is wrong with it, in words."),
  })
  .describe("One invalid field.");

export type FieldError = z.infer<typeof fieldError>;

export const problemDocument = z
  .object({
    type: z
      .templateLiteral(["urn:latchkey:problem:", z.string()])
      .describe("Identifies the problem: its last part is `code`."),
    title: z.string().describe("The problem in a few words, the same in every case."),
    status: z.int().min(400).max(599).describe("The status of the response."),
    detail: z.string().describe("What happened and what to do, in words for a person."),
    code: z.string().describe("What happened, for a program. A later version may add codes."),
    requestId: z.string().describe("The request's id, by which the operators find its log line."),
    retryable: z.boolean().describe("Whether the same request, unchanged, may succeed later."),
    help: z.string().optional().describe("Page and heading of Latchkey's documentation about this problem."),
    errors: z.array(fieldError).optional().describe("With `invalid-request`: each invalid field."),
    requirements: requirements
      .optional()
      .describe("With `approval-required` and `nobody-can-approve`: what the access request needs."),
    limit: z
      .string()
      .optional()
      .describe(
        "With `throttled`: the limit that was reached. `caller` is the rate of one caller, `pushes` and `denials` are what one caller may cause in ten minutes, `open-requests` and `open-requests-per-subject` how many access requests one caller may have open, or make within a minute.",
      ),
  })
  .meta({
    id: "Problem",
    description: "A problem document (RFC 9457). It repeats nothing of the request but the names of unknown fields.",
  });

export type ProblemDocument = z.infer<typeof problemDocument>;

/** Has a heading for each code. */
export const troubleshootingPage = "docs/troubleshooting.md";

/** What a problem document says about the case at hand. */
interface ProblemCase {
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly requirements?: Requirements | undefined;
  readonly limit?: string | undefined;
}

/**
 * The problem document of a code, with its usual words unless the case has its own.
 *
 * @param requestId of the request that it responds to.
 */
export function problemOf(
  code: ProblemCode,
  requestId: string,
  { detail, errors, requirements: missing, limit }: ProblemCase = {},
): ProblemDocument {
  const { status, title, retryable, detail: usualDetail } = problems[code];
  return {
    type: `urn:latchkey:problem:${code}`,
    title,
    status,
    detail: detail ?? usualDetail,
    code,
    requestId,
    retryable,
    help: `${troubleshootingPage}#${code}`,
    ...(errors && { errors: [...errors] }),
    ...(missing && { requirements: missing }),
    ...(limit !== undefined && { limit }),
  };
}

/** The headers that a problem adds to those of every response. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const kind: ProblemKind = problems[code];
  return {
    "Content-Type": "application/problem+json",
    ...(kind.retryAfter !== undefined && { "Retry-After": String(kind.retryAfter) }),
  };
}
