import { describe, expect, test } from "@jest/globals";
import { clockHint, endOf, problemLine } from "../../../client/api/problem-words.ts";
import { type ProblemCode, problemOf, problems } from "../../../contract/problem.ts";

const codes = Object.keys(problems) as ProblemCode[];

describe("each problem ends the command with an exit code of its kind", () => {
  const kinds: Readonly<Record<number, readonly ProblemCode[]>> = {
    65: ["invalid-request", "payload-too-large", "key-rejected"],
    68: ["instance-not-found", "access-request-not-found", "policies-not-found"],
    69: [
      "precondition-failed",
      "instance-not-running",
      "no-route-to-instance",
      "endpoint-unavailable",
      "not-covered-by-push-tag",
      "aws-refused",
      "already-reviewed",
      "request-not-pending",
      "request-not-active",
      "internal",
      "upstream-failure",
      "upstream-unavailable",
      "deadline-exceeded",
    ],
    70: ["idempotency-mismatch"],
    75: ["idempotency-in-progress", "throttled"],
    76: ["precondition-required", "not-found", "method-not-allowed", "unsupported-media-type"],
    77: [
      "unauthenticated",
      "invalid-signature",
      "not-invokable",
      "access-denied",
      "approval-required",
      "self-review",
      "reviewer-not-allowed",
      "nobody-can-approve",
      "caller-suspended",
    ],
  };
  test.each(codes)("%s", (code) => {
    const [exitCode] = Object.entries(kinds).find(([, list]) => list.includes(code)) ?? [];
    expect(endOf({ code, status: problems[code].status }).exitCode).toBe(Number(exitCode));
  });
});

test.each([
  [401, 77],
  [403, 77],
  [404, 68],
  [400, 65],
  [413, 65],
  [422, 65],
  [409, 69],
  [429, 75],
  [500, 69],
  [503, 69],
])("a code of a later version, with status %d, ends with %d", (status, exitCode) => {
  expect(endOf({ code: "quite-new", status })).toEqual({ exitCode });
});

test("a code that is a name of JavaScript's is one of a later version", () => {
  expect(endOf({ code: "constructor", status: 409 })).toEqual({ exitCode: 69 });
});

test.each(codes)("%s is told in one line, without where to read on and a full stop", (code) => {
  const line = problemLine(problemOf(code, "id"));
  expect(line).not.toMatch(/docs\/|\n|\.$/);
  expect(line).toMatch(/^(?:Latchkey|EC2|AWS|[a-z])/);
});

describe("a problem's line", () => {
  test.each<[string, ProblemCode, Parameters<typeof problemOf>[2], string]>([
    [
      "is the API's own if it is meant for its reader",
      "access-denied",
      { detail: "Policy permits access for at most 8h." },
      "policy permits access for at most 8h",
    ],
    [
      "says what an access request needs",
      "approval-required",
      { requirements: { approvals: 2, reason: true } },
      "policy requires an active access request (it needs 2 approvals and a reason)",
    ],
    ["has the request's id where an operator has to look", "internal", {}, "Latchkey has failed (request id id)"],
    [
      "names options as the command line does",
      "invalid-request",
      {
        errors: [
          { pointer: "/osUser", code: "wrong-format" },
          { pointer: "/durationSeconds", code: "too-big" },
          { pointer: "/instanceId", code: "wrong-format" },
          { pointer: "", code: "unknown-field" },
        ],
      },
      "the API refused the request as invalid (--os-user: wrong format; --duration: too big; the instance's id: wrong format; the request: unknown field)",
    ],
    [
      "keeps what the API says of one field",
      "invalid-request",
      { detail: "A key must be ed25519 or RSA.", errors: [{ pointer: "/publicKey", code: "unsupported-algorithm" }] },
      "a key must be ed25519 or RSA (the public key: unsupported algorithm)",
    ],
    ["sends no control character to the terminal", "access-denied", { detail: "no\u001b[2J" }, "no\\u{1b}[2J"],
  ])("%s", (_, code, more, line) => {
    expect(problemLine(problemOf(code, "id", more))).toBe(line);
  });
});

describe("a refused signature tells of the clock", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  test.each([
    ["nothing, where it is right", "Sun, 01 Mar 2026 12:00:01 GMT", undefined],
    ["nothing, where it is off by less than what counts", "Sun, 01 Mar 2026 12:03:59 GMT", undefined],
    ["nothing, if the response has no date", undefined, undefined],
    ["nothing, where the date is none", "tomorrow", undefined],
    ["if it is behind", "Sun, 01 Mar 2026 12:10:00 GMT", "this machine's clock is 10m behind: set it, then try again"],
    [
      "if it is a day ahead",
      "Sat, 28 Feb 2026 11:50:00 GMT",
      "this machine's clock is 24h10m ahead: set it, then try again",
    ],
  ])("%s", (_, date, hint) => {
    expect(clockHint(date, now)).toBe(hint);
  });
});
