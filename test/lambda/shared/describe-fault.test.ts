import { expect, test } from "@jest/globals";
import { describeFault } from "../../../lambda/shared/describe-fault.ts";

/** As the SDK throws what a service answers. */
const awsError = (metadata: object) =>
  Object.assign(new Error("the key ssh-ed25519 AAAA is not valid"), {
    name: "InvalidArgsException",
    $metadata: metadata,
  });

test("of AWS's own errors only name, request id and status are logged", () => {
  const error = awsError({ requestId: "aws-1", httpStatusCode: 400, attempts: 3, extendedRequestId: "x" });
  expect(describeFault(error)).toEqual({ name: "InvalidArgsException", awsRequestId: "aws-1", awsStatus: 400 });
});

test("an error that the SDK gave up on before any answer has a name alone", () => {
  expect(describeFault(awsError({ attempts: 3, totalRetryDelay: 100 }))).toEqual({ name: "InvalidArgsException" });
});

test("our own errors are logged with their words and the eight innermost frames", () => {
  const dig = (depth: number): Error => (depth === 0 ? new TypeError("x is not a function") : dig(depth - 1));
  const described = describeFault(dig(9));
  expect(described).toMatchObject({ name: "TypeError", message: "x is not a function" });
  expect(described.stack).toHaveLength(8);
  expect(described.stack?.[0]).toMatch(/^ {4}at dig/);
});

test("a message of several lines is not taken for frames", () => {
  expect(describeFault(new Error("one\ntwo")).stack?.every((line) => line.startsWith("    at "))).toBe(true);
});

test("an error without a stack is described without frames", () => {
  const error = new Error("bare");
  delete error.stack;
  expect(describeFault(error)).toEqual({ name: "Error", message: "bare", stack: [] });
});

test.each([
  ["a string", "secret", "string"],
  ["nothing", undefined, "undefined"],
  ["an object that is no error", { message: "secret" }, "object"],
])("of %s only its type is logged", (_, cause, name) => {
  expect(describeFault(cause)).toEqual({ name });
});
