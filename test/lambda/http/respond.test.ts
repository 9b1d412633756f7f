import { describe, expect, test } from "@jest/globals";
import { type ProblemCode, problemDocument, problems } from "../../../contract/problem.ts";
import { respond, respondProblem } from "../../../lambda/http/respond.ts";
import { Problem } from "../../../lambda/shared/problem.ts";

/** The contract's headers of every answer. */
const everyAnswer = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'",
  "X-Request-Id": "request-1",
};

const codes = Object.keys(problems) as ProblemCode[];

describe("a problem", () => {
  test.each(codes)("%s is answered with its status, all headers and a document of the contract", (code) => {
    const { statusCode, headers, body, isBase64Encoded } = respondProblem(new Problem(code), "request-1");
    expect(statusCode).toBe(problems[code].status);
    expect(headers).toMatchObject({ ...everyAnswer, "Content-Type": "application/problem+json" });
    expect(headers && "Retry-After" in headers).toBe(statusCode === 429 || statusCode === 503);
    expect(problemDocument.parse(JSON.parse(body))).toMatchObject({ code, status: statusCode, requestId: "request-1" });
    expect(isBase64Encoded).toBe(false);
  });

  test("brings headers of its own", () => {
    const problem = new Problem("method-not-allowed", { headers: { Allow: "GET, POST" } });
    expect(respondProblem(problem, "request-1").headers).toMatchObject({ ...everyAnswer, Allow: "GET, POST" });
  });

  test("brings its words and its wrong fields, and never its cause", () => {
    const errors = [{ pointer: "/port", code: "too-big" }];
    const problem = new Problem("invalid-request", { detail: "Words.", errors, cause: new Error("secret cause") });
    const { body } = respondProblem(problem, "request-1");
    expect(JSON.parse(body)).toMatchObject({ detail: expect.stringMatching(/^Words\. /), errors });
    expect(body).not.toContain("secret");
  });
});

test("an answer is JSON with the same headers", () => {
  expect(respond(201, { answer: 42 }, "request-1")).toEqual({
    statusCode: 201,
    headers: { ...everyAnswer, "Content-Type": "application/json" },
    body: '{"answer":42}',
    isBase64Encoded: false,
  });
});
