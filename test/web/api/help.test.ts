import { describe, expect, test } from "@jest/globals";
import { type ProblemCode, problemOf, problems } from "../../../contract/problem.ts";
import { ApiProblem, LoginError, NetworkError, UnexpectedResponse } from "../../../sdk/index.ts";
import { helpFor } from "../../../web/api/help.ts";

const requestId = "2f0e5b6c-0000-4000-8000-000000000001";

describe("the help for an error", () => {
  test.each([
    ["a token that the API takes no longer", new ApiProblem(problemOf("unauthenticated", requestId))],
    ["a refresh token that the provider takes no longer", new LoginError("sign-in-required", "the sign-in has ended")],
  ])("says to sign in again for %s", (_, error) => {
    expect(helpFor(error)).toMatchObject({ title: "Your sign-in has ended", isSignedOut: true });
  });

  test.each([
    ["that one is offline, if the browser knows it", new NetworkError("FETCH_FAILED", "api"), false, "You are offline"],
    ["that nothing came in time", new NetworkError("TIMEOUT", "api"), true, "No response in time"],
    ["that the API cannot be reached", new NetworkError("FETCH_FAILED", "api"), true, "No connection to Latchkey"],
    ["that something else responded", new UnexpectedResponse(502), true, "Not a response of Latchkey"],
    ["what the provider refused", new LoginError("denied", "the sign-in was denied at idp"), true, "Not signed in"],
    ["nothing of what only the console knows", new Error("secret"), true, "Internal error"],
  ])("says %s", (_, error, isOnline, title) => {
    const help = helpFor(error, isOnline);
    expect(help).toMatchObject({ title, canRetry: true });
    expect(JSON.stringify(help)).not.toContain("secret");
  });

  const withoutMembers: Partial<Record<ProblemCode, string>> = {
    "approval-required": "Policy requires an active access request for this.",
    "invalid-request": "The request is not valid.",
  };
  const codes = (Object.keys(problems) as ProblemCode[]).filter((code) => code !== "unauthenticated");
  test.each(codes)("for the problem %s is what the API says, but for the members of its document", (code) => {
    const problem = problemOf(code, requestId);
    const { title, retryable, help } = problem;
    const detail = withoutMembers[code] ?? problem.detail;
    expect(helpFor(new ApiProblem(problem, undefined, 7))).toEqual({
      ...{ title, detail, canRetry: retryable, retryAfter: 7, requestId, page: help, faults: [] },
    });
  });

  test("names the fields that are wrong", () => {
    const errors = [
      { pointer: "/reason", code: "too-short", detail: "Write more." },
      { pointer: "/instanceId", code: "wrong-format" },
      { pointer: "/durationSeconds", code: "more-than-asked" },
    ];
    const { detail, faults } = helpFor(new ApiProblem(problemOf("invalid-request", requestId, { errors })));
    expect(detail).toBe("The request is not valid.");
    expect(faults).toEqual([
      { pointer: "/reason", detail: "Write more." },
      { pointer: "/instanceId", detail: "instanceId: wrong format" },
      { pointer: "/durationSeconds", detail: "That is longer than was asked for." },
    ]);
  });
});
