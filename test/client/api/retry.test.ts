import { describe, expect, test } from "@jest/globals";
import { waitBeforeRetry } from "../../../client/api/retry.ts";
import { type ProblemCode, problemHeaders, problemOf, problems } from "../../../contract/problem.ts";

const answer = (status: number, headers: Record<string, string> = {}, body = "") => ({ status, headers, body });
const problem = (code: ProblemCode) => {
  const headers = Object.fromEntries(
    Object.entries(problemHeaders(code)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return answer(problems[code].status, headers, JSON.stringify(problemOf(code, "id")));
};

describe("not asked again is", () => {
  test.each([
    ["what succeeded", answer(200)],
    ["what was refused", problem("access-denied")],
    ["a conflict", problem("idempotency-in-progress")],
    ["Latchkey's own fault", problem("internal")],
    ["a 429 that does not say how long to wait", answer(429)],
    ["a 429 that says for long", answer(429, { "retry-after": "6" })],
    ["a 503 that says for long", answer(503, { "retry-after": "60" })],
    ["a 502 whose problem says never", answer(502, {}, '{"retryable":false}')],
  ])("%s", (_, given) => {
    expect(waitBeforeRetry(given)).toBeUndefined();
  });
});

test.each([
  ["a 429, as it says", problem("throttled"), 1000],
  ["a 503, as it says", problem("upstream-unavailable"), 2000],
  ["a 502", problem("upstream-failure"), 250],
  ["a 504", problem("deadline-exceeded"), 250],
  ["a 503 of a load balancer, which is no problem document", answer(503, {}, "<html>"), 250],
  [
    "a Retry-After that is a date, of which we make nothing",
    answer(503, { "retry-after": "Sun, 01 Mar 2026 12:00:00 GMT" }),
    250,
  ],
])("asked again once, after some milliseconds, is %s", (_, given, milliseconds) => {
  expect(waitBeforeRetry(given)).toBe(milliseconds);
});
