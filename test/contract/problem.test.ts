import { describe, expect, test } from "@jest/globals";
import { gatewayProblem } from "../../contract/gateway-responses.ts";
import { type ProblemCode, problemDocument, problemHeaders, problemOf, problems } from "../../contract/problem.ts";

const codes = Object.keys(problems) as ProblemCode[];

/** The contract's list of codes, by status. */
const statuses: Record<ProblemCode, number> = {
  unauthenticated: 401,
  "invalid-signature": 403,
  "not-invokable": 403,
  "access-denied": 403,
  "approval-required": 403,
  "self-review": 403,
  "reviewer-not-allowed": 403,
  "nobody-can-approve": 403,
  "caller-suspended": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "invalid-request": 400,
  "precondition-failed": 412,
  "precondition-required": 428,
  "payload-too-large": 413,
  "unsupported-media-type": 415,
  "instance-not-found": 404,
  "access-request-not-found": 404,
  "policies-not-found": 404,
  "instance-not-running": 409,
  "no-route-to-instance": 409,
  "endpoint-unavailable": 409,
  "not-covered-by-push-tag": 409,
  "aws-refused": 502,
  "already-reviewed": 409,
  "request-not-pending": 409,
  "request-not-active": 409,
  "idempotency-in-progress": 409,
  "idempotency-mismatch": 422,
  "key-rejected": 422,
  throttled: 429,
  internal: 500,
  "upstream-failure": 502,
  "upstream-unavailable": 503,
  "deadline-exceeded": 504,
};

describe.each(codes)("%s", (code) => {
  test("is a problem document with the status of the contract", () => {
    const document = problemOf(code, "request-1");
    expect(problemDocument.strict().parse(document)).toEqual(document);
    expect(document).toMatchObject({
      type: `urn:latchkey:problem:${code}`,
      status: statuses[code],
      code,
      requestId: "request-1",
    });
    expect(document).not.toHaveProperty("errors");
    expect(document).not.toHaveProperty("requirements");
  });

  test("says in its own sentence what to do", () => {
    expect(problemOf(code, "request-1").detail).toMatch(/^[A-Z].*\.$/);
    expect(problemOf(code, "request-1").detail).not.toMatch(/docs\//);
    expect(problemOf(code, "request-1", { detail: "Better words." }).detail).toBe("Better words.");
  });

  test("has a Retry-After and is retryable if it is a 429, a 503 or in progress", () => {
    const mustWait = [429, 503].includes(statuses[code]) || code === "idempotency-in-progress";
    const { "Retry-After": retryAfter, ...others } = problemHeaders(code);
    expect(others).toEqual({ "Content-Type": "application/problem+json" });
    if (mustWait) {
      expect(retryAfter).toMatch(/^[1-9][0-9]?$/);
      expect(problems[code].retryable).toBe(true);
    } else {
      expect(retryAfter).toBeUndefined();
    }
  });
});

test("the invalid fields are listed", () => {
  const errors = [{ pointer: "/publicKey", code: "certificate" }];
  const document = problemOf("invalid-request", "request-1", { errors });
  expect(problemDocument.parse(document).errors).toEqual(errors);
});

test("Lambda's own throttling reaches callers as a 503 with Retry-After", () => {
  const { code } = gatewayProblem("INTEGRATION_FAILURE", "iam");
  expect(problemOf(code, "request-1")).toMatchObject({ status: 503, retryable: true });
  expect(problemHeaders(code)).toHaveProperty("Retry-After");
});

test("a call that AWS refuses is not retryable: it would fail again", () => {
  expect(problemOf("aws-refused", "request-1")).toMatchObject({ status: 502, retryable: false });
});

test("a problem that the caller has to fix is not retryable, except one that has to wait", () => {
  const worthIt = codes.filter((code) => problems[code].retryable);
  expect(worthIt.filter((code) => problems[code].status < 500)).toEqual(["idempotency-in-progress", "throttled"]);
});
