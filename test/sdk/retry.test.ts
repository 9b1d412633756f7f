import { describe, expect, test } from "@jest/globals";
import { type ProblemCode, problemHeaders, problemOf, problems } from "../../contract/problem.ts";
import { waitBeforeRetry } from "../../sdk/retry.ts";

const response = (status: number, headers: Record<string, string> = {}, body = "") => ({ status, headers, body });
const problem = (code: ProblemCode) => {
  const headers = Object.fromEntries(
    Object.entries(problemHeaders(code)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return response(problems[code].status, headers, JSON.stringify(problemOf(code, "id")));
};

describe("a call is not retried after", () => {
  test.each([
    ["a success", response(200)],
    ["a denial", problem("access-denied")],
    ["a conflict that does not say how long to wait", response(409)],
    ["an internal error", problem("internal")],
    ["a 429 that does not say how long to wait", response(429)],
    ["a 429 that asks for more than five seconds", response(429, { "retry-after": "6" })],
    ["a 503 that asks for more than five seconds", response(503, { "retry-after": "60" })],
    ["a 502 whose problem is not retryable", response(502, {}, '{"retryable":false}')],
  ])("%s", (_, given) => {
    expect(waitBeforeRetry(given)).toBeUndefined();
  });
});

test.each([
  ["a 429, when it says", problem("throttled"), 1000],
  ["a 503, when it says", problem("upstream-unavailable"), 2000],
  ["a 502", problem("upstream-failure"), 250],
  ["a 504", problem("deadline-exceeded"), 250],
  ["a 503 of a load balancer, which is not a problem document", response(503, {}, "<html>"), 250],
  [
    "a Retry-After that is a date, which is ignored",
    response(503, { "retry-after": "Sun, 01 Mar 2026 12:00:00 GMT" }),
    250,
  ],
])("a call is retried after %s", (_, given, milliseconds) => {
  expect(waitBeforeRetry(given)).toBe(milliseconds);
});
