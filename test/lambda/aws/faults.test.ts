import { describe, expect, test } from "@jest/globals";
import { problems } from "../../../contract/problem.ts";
import { awsProblem } from "../../../lambda/aws/faults.ts";
import { Problem } from "../../../lambda/shared/problem.ts";

const named = (name: string) => Object.assign(new Error("The words of AWS"), { name });
const coded = (code: string) => Object.assign(new Error("The words of Node"), { code });

test.each([
  ["an unknown error", named("SomethingNew")],
  ["a value that is not an error", "a string"],
  ["nothing", undefined],
  ["a property that every object has", named("constructor")],
])("%s is upstream-failure", (_, error) => {
  expect(awsProblem(error)).toMatchObject({ code: "upstream-failure", cause: error });
});

test.each([
  "AccessDenied",
  "AccessDeniedException",
  "AuthException",
  "AuthorizationError",
  "OptInRequired",
  "UnauthorizedOperation",
])("%s, a missing permission of Latchkey's, is aws-refused, which nobody retries", (name) => {
  expect(awsProblem(named(name))).toMatchObject({ code: "aws-refused" });
  expect(problems["aws-refused"].retryable).toBe(false);
});

describe("AWS throttles, or cannot be reached", () => {
  test.each([
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "EC2ThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "ProvisionedThroughputExceededException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
    "TimeoutError",
  ])("%s is upstream-unavailable", (name) => {
    expect(awsProblem(named(name))).toMatchObject({ code: "upstream-unavailable" });
  });

  test.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
  ])("%s is upstream-unavailable", (code) => {
    expect(awsProblem(coded(code))).toMatchObject({ code: "upstream-unavailable" });
  });
});

describe("precedence", () => {
  test("a problem stays the same, even after the deadline", () => {
    const problem = new Problem("key-rejected");
    expect(awsProblem(problem, AbortSignal.abort())).toBe(problem);
  });

  test("a call that its deadline cut is deadline-exceeded, no matter what it threw", () => {
    expect(awsProblem(coded("ECONNRESET"), AbortSignal.abort())).toMatchObject({ code: "deadline-exceeded" });
  });

  test("an error that AWS returned in time stays, even if the deadline has passed", () => {
    const known = { InvalidArgsException: "key-rejected" } as const;
    expect(awsProblem(named("InvalidArgsException"), AbortSignal.abort(), known)).toMatchObject({
      code: "key-rejected",
    });
  });
});
