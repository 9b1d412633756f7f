import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

const instanceId = "i-0123456789abcdef0";
const { createConnection, getInstance, createAccessRequest, reviewAccessRequest } = routes;

const post = (change: Partial<Parameters<typeof restEvent>[0]>) =>
  restEvent({ resource: createConnection.path, method: "POST", pathParameters: { instanceId }, ...change });
const posted = (change: Parameters<typeof post>[0]) => parseRequest(createConnection, post(change));
const got = (change: Partial<Parameters<typeof restEvent>[0]>) =>
  parseRequest(getInstance, restEvent({ resource: getInstance.path, pathParameters: { instanceId }, ...change }));

/** A valid body of exactly this many bytes. */
const bodyOf = (bytes: number) => `{"publicKey":"${"x".repeat(bytes - 16)}"}`;
const base64 = (bytes: string | Buffer) => ({ body: Buffer.from(bytes).toString("base64"), isBase64Encoded: true });
const plainBody = '{"publicKey":"k"}';

describe("a body that is not declared as JSON in UTF-8 is a 415", () => {
  test.each([
    ["no content type", {}],
    ["an empty content type", { "Content-Type": [""] }],
    ["text", { "Content-Type": ["text/plain"] }],
    ["a form", { "Content-Type": ["application/x-www-form-urlencoded"] }],
    ["a type that begins like JSON", { "Content-Type": ["application/jsonp"] }],
    ["a type that ends like JSON", { "Content-Type": ["application/problem+json"] }],
    ["another charset", { "Content-Type": ["application/json; charset=iso-8859-1"] }],
    ["a quote left open", { "Content-Type": ['application/json; charset="utf-8'] }],
    ["another parameter", { "Content-Type": ["application/json; profile=x"] }],
    ["two types in one header", { "Content-Type": ["application/json, application/json"] }],
    ["two headers", { "Content-Type": ["application/json", "application/json"] }],
    ["two headers that differ in case", { "Content-Type": ["application/json"], "content-type": ["application/json"] }],
    ["a content coding", { "Content-Type": ["application/json"], "Content-Encoding": ["gzip"] }],
    ["none and another", { "Content-Type": ["application/json"], "content-encoding": ["identity", "br"] }],
    ["two in one header", { "Content-Type": ["application/json"], "Content-Encoding": ["identity, br"] }],
  ])("%s", async (_, headers) => {
    expect(await problemFrom(() => posted({ headers, body: plainBody }))).toMatchObject({
      code: "unsupported-media-type",
    });
  });

  test.each([
    ["the bare type", { "Content-Type": ["application/json"] }],
    ["a name in lower case", { "content-type": ["application/json"] }],
    ["a type in upper case", { "Content-Type": ["APPLICATION/JSON"] }],
    ["a charset", { "Content-Type": ["application/json; charset=utf-8"] }],
    ["a charset in quotes, without a space", { "Content-Type": ['application/json;charset="UTF-8"'] }],
    ["the coding that is none", { "Content-Type": ["application/json"], "Content-Encoding": ["Identity"] }],
  ])("taken: %s", (_, headers) => {
    expect(posted({ headers, body: plainBody }).body).toMatchObject({ publicKey: "k" });
  });
});

describe("a body that does not fit the route is refused", () => {
  test.each([
    ["no body", { body: null }, "", "malformed-json"],
    ["an empty body", { body: "" }, "", "malformed-json"],
    ["no JSON", { body: "{" }, "", "malformed-json"],
    ["a name twice", { body: '{"publicKey":"k","publicKey":"l"}' }, "", "duplicate-name"],
    ["__proto__", { body: '{"publicKey":"k","__proto__":{}}' }, "", "forbidden-name"],
    ["a byte order mark", { body: `\uFEFF${plainBody}` }, "", "malformed-json"],
    ["bytes that are not UTF-8", base64(Buffer.from([0x22, 0xff, 0x22])), "", "wrong-encoding"],
    ["what was no UTF-8 before the gateway", { body: '{"publicKey":"\uFFFD"}' }, "", "wrong-encoding"],
    ["base64 that is not said to be", { body: Buffer.from(plainBody).toString("base64") }, "", "malformed-json"],
    ["null", { body: "null" }, "", "wrong-type"],
    ["an array", { body: "[]" }, "", "wrong-type"],
    ["an unknown field, by its name", { body: '{"publicKey":"k","shell":1}' }, "/shell", "unknown-field"],
    ["a field missing", { body: "{}" }, "/publicKey", "required"],
    ["a field that is null", { body: '{"publicKey":null}' }, "/publicKey", "wrong-type"],
    ["an OS user that is none", { body: '{"publicKey":"k","osUser":"-oX"}' }, "/osUser", "wrong-format"],
    ["an unknown type", { body: '{"publicKey":"k","connectionType":"ssm"}' }, "/connectionType", "not-one-of"],
    ["an address that is none", { body: '{"publicKey":"k","ipAddress":"10.0.0"}' }, "/ipAddress", "wrong-format"],
    ["an address that is a number", { body: '{"publicKey":"k","ipAddress":10}' }, "/ipAddress", "wrong-type"],
    ["a port of zero", { body: '{"publicKey":"k","port":0}' }, "/port", "too-small"],
    ["a port in quotes", { body: '{"publicKey":"k","port":"22"}' }, "/port", "wrong-type"],
    ["a port and a half", { body: '{"publicKey":"k","port":22.5}' }, "/port", "wrong-type"],
    [
      "more than an hour of tunnel",
      { body: '{"publicKey":"k","maxTunnelSeconds":3601}' },
      "/maxTunnelSeconds",
      "too-big",
    ],
    ["a reason of nothing", { body: '{"publicKey":"k","reason":""}' }, "/reason", "too-short"],
    ["a reason of 501", { body: `{"publicKey":"k","reason":"${"x".repeat(501)}"}` }, "/reason", "too-long"],
  ])("%s", async (_, change, pointer, code) => {
    expect(await problemFrom(() => posted(change))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer, code }],
    });
  });

  test("ten unknown fields of many are named", async () => {
    const unknown = Array.from({ length: 50 }, (_, index) => [`x${index}`, 1] as const);
    const body = JSON.stringify({ publicKey: "k", ...Object.fromEntries(unknown) });
    const { errors } = await problemFrom(() => posted({ body }));
    expect(errors).toEqual(unknown.slice(0, 10).map(([name]) => ({ pointer: `/${name}`, code: "unknown-field" })));
  });

  const reviewed = (body: string) =>
    parseRequest(
      reviewAccessRequest,
      restEvent({ resource: reviewAccessRequest.path, pathParameters: { id: "ar-1" }, body }),
    );
  const accessRequestOf = (body: string) =>
    parseRequest(createAccessRequest, restEvent({ resource: createAccessRequest.path, body }));

  test.each([
    ["a choice that is not made", () => reviewed("{}"), [{ pointer: "/decision", code: "required" }]],
    [
      "a number that is too big in two ways",
      () => accessRequestOf('{"instanceId":"i-0a1b2c3d","osUser":"root","reason":"r","durationSeconds":1e30}'),
      [{ pointer: "/durationSeconds", code: "too-big" }],
    ],
    [
      "a list in the place of text",
      () => accessRequestOf('{"instanceId":"i-0a1b2c3d","osUser":"root","reason":[],"durationSeconds":1}'),
      [{ pointer: "/reason", code: "wrong-type" }],
    ],
  ])("%s is reported once", async (_, parse, errors) => {
    expect(await problemFrom(parse)).toMatchObject({ code: "invalid-request", errors });
  });

  test("each wrong field is named", async () => {
    const { errors } = await problemFrom(() => posted({ body: '{"port":0,"osUser":""}' }));
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(["/osUser", "/port", "/publicKey"]);
  });

  test("a body on a route that takes none", async () => {
    expect(await problemFrom(() => got({ body: "{}" }))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "", code: "body-not-taken" }],
    });
  });
});

describe("a body may have 8192 bytes", () => {
  test.each([
    ["8193 as text", { body: bodyOf(8193) }],
    ["8193 in base64", base64(bodyOf(8193))],
    ["fewer characters, of more bytes", { body: `{"publicKey":"${"é".repeat(4096)}"}` }],
  ])("%s is too large", async (_, change) => {
    expect(await problemFrom(() => posted(change))).toMatchObject({ code: "payload-too-large" });
  });

  test.each([
    ["8192 as text", { body: bodyOf(8192) }],
    ["8192 in base64", base64(bodyOf(8192))],
  ])("%s is accepted", (_, change) => {
    expect(posted(change).body.publicKey).toHaveLength(8192 - 16);
  });
});

describe("of several faults the first is reported: parameters, size, media type, JSON, schema", () => {
  const text = { headers: { "Content-Type": ["text/plain"] } };
  test.each([
    ["everything", { ...text, pathParameters: { instanceId: "web-1" }, body: "x".repeat(8193) }, "invalid-request"],
    ["all but the parameters", { ...text, body: "x".repeat(8193) }, "payload-too-large"],
    ["type and JSON", { ...text, body: "x" }, "unsupported-media-type"],
  ])("%s", async (_, change, code) => {
    expect(await problemFrom(() => posted(change))).toMatchObject({ code });
  });
});
