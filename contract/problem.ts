import * as z from "zod";
import { type Requirements, requirements } from "./requirements.ts";

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** May the same request, unchanged, succeed later? */
  readonly retryable: boolean;
  /** What the caller reads where the case at hand has nothing better to say. Never an echo of the input. */
  readonly detail: string;
  /** Seconds for the Retry-After header: every 429 and 503 has one. */
  readonly retryAfter?: number;
}

/** Every problem code, in the order of verdicts. The one place that ties a code to its status. */
export const problems = {
  unauthenticated: {
    status: 401,
    title: "Nothing signed",
    retryable: false,
    detail: "Sign the request with AWS Signature Version 4, service execute-api, as an assumed role.",
  },
  "invalid-signature": {
    status: 403,
    title: "The signature was not accepted",
    retryable: false,
    detail:
      "Check credentials, region, clock, and that the service is execute-api. Query parameters must be sorted by name before signing; curl 7 does not sort them.",
  },
  "access-denied": {
    status: 403,
    title: "Access denied",
    retryable: false,
    detail: "Policy does not permit this.",
  },
  "approval-required": {
    status: 403,
    title: "An access request is needed",
    retryable: false,
    detail: "Policy permits this with an access request that is active. The requirements say what it has to have.",
  },
  "self-review": {
    status: 403,
    title: "Nobody reviews their own request",
    retryable: false,
    detail: "Whoever asked for access, or is to get it, cannot review it, under whatever role.",
  },
  "reviewer-not-allowed": {
    status: 403,
    title: "Not a reviewer of this",
    retryable: false,
    detail: "Policy does not let you review this access request.",
  },
  "not-found": {
    status: 404,
    title: "No such route",
    retryable: false,
    detail: "Nothing is served at this path.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    retryable: false,
    detail: "The Allow header names the methods of this path.",
  },
  "invalid-request": {
    status: 400,
    title: "The request is not valid",
    retryable: false,
    detail: "Where single fields are wrong, the list of errors names them.",
  },
  "payload-too-large": {
    status: 413,
    title: "The request is too large",
    retryable: false,
    detail: "A body may have 8 KiB at most, request line and headers together 10,240 bytes.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "Unsupported media type",
    retryable: false,
    detail: "Send the body as application/json in UTF-8.",
  },
  "instance-not-found": {
    status: 404,
    title: "No such instance",
    retryable: false,
    detail: "There is no such instance, or you may not see it.",
  },
  "access-request-not-found": {
    status: 404,
    title: "No such access request",
    retryable: false,
    detail: "There is no such access request, or you may not see it.",
  },
  "instance-not-running": {
    status: 409,
    title: "The instance is not running",
    retryable: false,
    detail: "Start the instance, then ask again.",
  },
  "no-route-to-instance": {
    status: 409,
    title: "No way to the instance",
    retryable: false,
    detail: "The instance's connectionOptions say what is missing.",
  },
  "endpoint-unavailable": {
    status: 409,
    title: "No usable Instance Connect Endpoint",
    retryable: false,
    detail: "The instance's connectionOptions say what is missing.",
  },
  "already-reviewed": {
    status: 409,
    title: "You have reviewed this already",
    retryable: false,
    detail: "Each reviewer has one word. Another one has to review it too.",
  },
  "request-not-pending": {
    status: 409,
    title: "The access request is not pending",
    retryable: false,
    detail: "It has been decided, cancelled, or has run out of time.",
  },
  "request-not-active": {
    status: 409,
    title: "The access request is not active",
    retryable: false,
    detail: "Only active access can be revoked. A pending request can be cancelled.",
  },
  "idempotency-in-progress": {
    status: 409,
    title: "The first request is still running",
    retryable: true,
    detail: "A request with the same Idempotency-Key has not been answered yet. Wait, then ask again.",
  },
  "idempotency-mismatch": {
    status: 422,
    title: "The Idempotency-Key was used for another request",
    retryable: false,
    detail: "The same key came with another body. Use a key of its own for each request.",
  },
  "key-rejected": {
    status: 422,
    title: "AWS refused the key",
    retryable: false,
    detail: "EC2 Instance Connect does not take this public key. Use an ed25519 key.",
  },
  throttled: {
    status: 429,
    title: "Too many requests",
    retryable: true,
    detail: "Wait, then ask again.",
    retryAfter: 1,
  },
  internal: {
    status: 500,
    title: "Latchkey failed",
    retryable: false,
    detail: "The fault is ours. Give the requestId to whoever runs Latchkey.",
  },
  "upstream-failure": {
    status: 502,
    title: "AWS refused or failed a call of ours",
    retryable: true,
    detail: "The fault is not yours. Give the requestId to whoever runs Latchkey if it goes on.",
  },
  "upstream-unavailable": {
    status: 503,
    title: "AWS is not available",
    retryable: true,
    detail: "The fault is not yours. Wait, then ask again.",
    retryAfter: 2,
  },
  "deadline-exceeded": {
    status: 504,
    title: "Out of time",
    retryable: true,
    detail: "AWS did not answer in time. Ask again.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

const fieldError = z
  .object({
    pointer: z
      .string()
      .describe(
        "A JSON pointer (RFC 6901) to the field; path and query parameters stand at the root. An unknown field is not named: its object is.",
      ),
    code: z.string().describe("What is wrong with it, in a word."),
  })
  .describe("One wrong field.");

export type FieldError = z.infer<typeof fieldError>;

export const problemDocument = z
  .object({
    type: z
      .templateLiteral(["urn:latchkey:problem:", z.string()])
      .describe("Names the problem: its last part is `code`."),
    title: z.string().describe("The problem in a few words, the same for every case."),
    status: z.int().min(400).max(599).describe("The answer's status."),
    detail: z.string().describe("This case in words for a person, and where to read on."),
    code: z.string().describe("What a program goes by."),
    requestId: z.string().describe("The request's id, which the operator finds its log line by."),
    retryable: z.boolean().describe("Whether the same request, unchanged, may succeed later."),
    errors: z.array(fieldError).optional().describe("With `invalid-request`: each wrong field."),
    requirements: requirements.optional().describe("With `approval-required`: what the access request has to have."),
  })
  .meta({ id: "Problem", description: "What is wrong (RFC 9457). It never echoes the request." });

export type ProblemDocument = z.infer<typeof problemDocument>;

/** Has a heading for each code. */
export const troubleshootingPage = "docs/troubleshooting.md";

/** What a problem document tells of the case at hand. */
interface ProblemCase {
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly requirements?: Requirements | undefined;
}

/**
 * The document of a problem, with what its kind says of every case and what is told of this one.
 *
 * @param requestId of the request that it answers.
 */
export function problemOf(
  code: ProblemCode,
  requestId: string,
  { detail, errors, requirements: missing }: ProblemCase = {},
): ProblemDocument {
  const { status, title, retryable, detail: usualDetail } = problems[code];
  return {
    type: `urn:latchkey:problem:${code}`,
    title,
    status,
    detail: `${detail ?? usualDetail} See ${troubleshootingPage}#${code}.`,
    code,
    requestId,
    retryable,
    ...(errors && { errors: [...errors] }),
    ...(missing && { requirements: missing }),
  };
}

/** The headers that a problem adds to those of every answer. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const kind: ProblemKind = problems[code];
  return {
    "Content-Type": "application/problem+json",
    ...(kind.retryAfter !== undefined && { "Retry-After": String(kind.retryAfter) }),
  };
}
