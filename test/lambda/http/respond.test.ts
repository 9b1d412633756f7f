import { describe, expect, test } from "@jest/globals";
import { type ProblemCode, problemDocument, problems } from "../../../contract/problem.ts";
import { routes } from "../../../contract/routes.ts";
import { respond, respondProblem } from "../../../lambda/http/respond.ts";
import { Problem } from "../../../lambda/shared/problem.ts";

/** The headers that the contract requires of every response. */
const commonHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'",
  "X-Request-Id": "request-1",
};

const codes = Object.keys(problems) as ProblemCode[];

describe("a problem", () => {
  test.each(codes)("%s has its status, all headers and a document of the contract", (code) => {
    const { statusCode, headers, body, isBase64Encoded } = respondProblem(new Problem(code), "request-1");
    expect(statusCode).toBe(problems[code].status);
    expect(headers).toMatchObject({ ...commonHeaders, "Content-Type": "application/problem+json" });
    expect(headers && "Retry-After" in headers).toBe(
      [429, 503].includes(statusCode) || code === "idempotency-in-progress",
    );
    expect(problemDocument.parse(JSON.parse(body))).toMatchObject({ code, status: statusCode, requestId: "request-1" });
    expect(isBase64Encoded).toBe(false);
  });

  test("can add headers", () => {
    const problem = new Problem("method-not-allowed", { headers: { Allow: "GET, POST" } });
    expect(respondProblem(problem, "request-1").headers).toMatchObject({ ...commonHeaders, Allow: "GET, POST" });
  });

  test("has its detail and its invalid fields, and never its cause", () => {
    const errors = [{ pointer: "/port", code: "too-big" }];
    const problem = new Problem("invalid-request", { detail: "Words.", errors, cause: new Error("secret cause") });
    const { body } = respondProblem(problem, "request-1");
    expect(JSON.parse(body)).toMatchObject({ detail: "Words.", errors });
    expect(body).not.toContain("secret");
  });
});

test("a response is JSON with the same headers", () => {
  expect(respond({ status: 201 }, { answer: 42 }, "request-1")).toEqual({
    statusCode: 201,
    headers: { ...commonHeaders, "Content-Type": "application/json" },
    body: '{"answer":42}',
    isBase64Encoded: false,
  });
});

test("a versioned response has its revision as a strong ETag, and not in its body", () => {
  const { headers, body } = respond(routes.getHostKeys, { hostKeys: [], revision: "7" }, "request-1");
  expect(headers).toMatchObject({ ETag: '"7"' });
  expect(body).toBe('{"hostKeys":[]}');
});

test("what was created has a Location that is right behind every stage", () => {
  const { id } = { id: "ar-1/2" };
  const { headers } = respond(routes.createAccessRequest, { id }, "request-1");
  const location = String(headers?.["Location"]);
  expect(new URL(location, "https://api.example/live/v1/access-requests").pathname).toBe(
    "/live/v1/access-requests/ar-1%2F2",
  );
});
