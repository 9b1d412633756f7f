import { describe, expect, test } from "@jest/globals";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { ApiRoute } from "../../../contract/routes.ts";
import { apiFunction } from "../../../lambda/http/api-function.ts";
import { readIdempotencyKey } from "../../../lambda/http/idempotency-key.ts";
import { captureLog } from "../../support/captured-log.ts";
import { authenticate, lambdaContext, restEvent } from "../../support/rest-event.ts";

captureLog();

const route = { isIdempotent: true };
const uuid = "7a1ad6a2-0d5e-4a26-9a1c-7d1f43b0e5cc";
const refused = expect.objectContaining({
  code: "invalid-request",
  errors: [
    {
      pointer: "/Idempotency-Key",
      code: "invalid-key",
      detail: "An Idempotency-Key is one value of 8 to 128 visible ASCII characters.",
    },
  ],
});

describe("refused as an invalid key", () => {
  test.each<[sentence: string, values: string[]]>([
    ["an empty value", [""]],
    ["7 characters", ["1234567"]],
    ["129 characters", ["x".repeat(129)]],
    ["a space in it", ["1234 5678"]],
    ["a space before it", [" 12345678"]],
    ["a space behind it", ["12345678 "]],
    ["a no-break space behind it", ["12345678\u00a0"]],
    ["a tab in it", ["1234\t5678"]],
    ["a line feed in it", ["1234\n5678"]],
    ["a line feed behind it", ["12345678\n"]],
    ["a NUL in it", ["1234\u00005678"]],
    ["DEL in it", ["1234\u007f5678"]],
    ["a letter that is not ASCII", ["clé-1234567"]],
    ["a digit that is not ASCII", ["1234567８"]],
    ["an emoji", ["12345678😀"]],
    ["half an emoji", ["12345678\ud83d"]],
    ["what stands for broken UTF-8", ["12345678\ufffd"]],
    ["two values, of which the first is good", [uuid, "x"]],
    ["the same value twice", [uuid, uuid]],
    ["two values that a proxy has joined", [`${uuid}, ${uuid}`]],
  ])("%s", (_, values) => {
    expect(() => readIdempotencyKey(route, { "Idempotency-Key": values })).toThrow(refused);
  });

  test("one value under each of two spellings of the name", () => {
    const headers = { "Idempotency-Key": [uuid], "idempotency-key": [uuid] };
    expect(() => readIdempotencyKey(route, headers)).toThrow(refused);
  });

  test("the value is not echoed", () => {
    expect.assertions(1);
    try {
      readIdempotencyKey(route, { "Idempotency-Key": ["peek a boo"] });
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain("boo");
    }
  });
});

describe("no key", () => {
  test.each<[string, Pick<ApiRoute, "isIdempotent">, APIGatewayProxyEvent["multiValueHeaders"] | null]>([
    ["without headers", route, null],
    ["without the header", route, { "X-Idempotency-Key": [uuid] }],
    ["with a header that has no value", route, { "Idempotency-Key": undefined }],
    ["on a route that changes nothing", {}, { "Idempotency-Key": [uuid] }],
    [
      "on a route that changes nothing, even with an invalid header",
      { isIdempotent: false },
      { "Idempotency-Key": [""] },
    ],
  ])("%s", (_, of, headers) => {
    expect(readIdempotencyKey(of, headers as APIGatewayProxyEvent["multiValueHeaders"])).toBeUndefined();
  });
});

describe("a key", () => {
  test.each([
    ["a UUID", uuid],
    ["8 characters", "12345678"],
    ["128 characters", "x".repeat(128)],
    ["the first and the last visible character", "!~!~!~!~"],
    ["quotes, which are a part of it", `"${uuid}"`],
    ["a comma", "1234,5678"],
  ])("%s", (_, key) => {
    expect(readIdempotencyKey(route, { "Idempotency-Key": [key] })).toBe(key);
  });

  test.each(["idempotency-key", "IDEMPOTENCY-KEY", "iDEMPOTENCY-kEY"])("under the name %s", (name) => {
    expect(readIdempotencyKey(route, { [name]: [uuid] })).toBe(uuid);
  });
});

describe("in the chain", () => {
  const seen: unknown[] = [];
  const note = async ({ idempotencyKey }: { idempotencyKey?: string | undefined }): Promise<never> => {
    seen.push(idempotencyKey);
    throw new Error("seen");
  };
  const chain = apiFunction({ cancelAccessRequest: note, getInstance: note }, { authenticate });
  const cancel = (headers: Record<string, string[]>, body = "{}") =>
    restEvent({
      resource: "/v1/access-requests/{id}/cancel",
      method: "POST",
      pathParameters: { id: "ar-1" },
      headers: { "Content-Type": ["application/json"], ...headers },
      body,
    });

  test("a bad key is a 400 before any handler", async () => {
    const { statusCode, body } = await chain(cancel({ "Idempotency-Key": ["short"] }), lambdaContext());
    expect({ statusCode, ...JSON.parse(body) }).toMatchObject({
      statusCode: 400,
      errors: [{ pointer: "/Idempotency-Key", code: "invalid-key" }],
    });
    expect(seen.splice(0)).toEqual([]);
  });

  test("the handler gets the key, or undefined", async () => {
    await chain(cancel({ "idempotency-key": [uuid] }), lambdaContext());
    await chain(cancel({}), lambdaContext());
    const pathParameters = { instanceId: "i-0a1b2c3d" };
    const headers = { "Idempotency-Key": [uuid] };
    await chain(restEvent({ resource: "/v1/instances/{instanceId}", pathParameters, headers }), lambdaContext());
    expect(seen.splice(0)).toEqual([uuid, undefined, undefined]);
  });
});
