import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { cursorFormat } from "../../../lambda/lists/cursor.ts";
import { problemFrom } from "../../support/problems.ts";

const format = cursorFormat(z.strictObject({ at: z.string(), skip: z.int().min(0).optional() }));
const base64url = (text: string) => Buffer.from(text).toString("base64url");

describe("a cursor that Latchkey did not issue is an invalid request", () => {
  test.each([
    ["nothing", ""],
    ["no base64 of anything", "A"],
    ["no JSON", base64url("{")],
    ["JSON of something else", base64url("null")],
    ["a field too few", base64url('{"skip":1}')],
    ["a field too many", base64url('{"at":"x","limit":1}')],
    ["a field that JSON hides", base64url('{"at":"x","__proto__":{}}')],
    ["a value that is not the schema's", base64url('{"at":"x","skip":-1}')],
    ["a name twice", base64url('{"at":"y","at":"x"}')],
    ["fields in another order", base64url('{"skip":1,"at":"x"}')],
    ["a space more", base64url('{"at": "x"}')],
    ["ours, in other base64", Buffer.from('{"at":"???"}').toString("base64")],
    ["ours, with an end that decodes to nothing", `${base64url('{"at":"x"}')}A`],
    ["ours, with another last bit", base64url('{"at":"xy"}').replace(/.$/, "1")],
  ])("%s", async (_, text) => {
    const problem = await problemFrom(() => format.read(text));
    expect(problem).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
      detail: undefined,
    });
  });
});

test.each([[{ at: "2026" }], [{ at: "ü???~~~", skip: 0 }]])("a cursor survives encoding and decoding: %j", (cursor) => {
  expect(format.read(format.write(cursor))).toEqual(cursor);
  expect(format.write(cursor)).toMatch(/^[A-Za-z0-9_-]+$/);
});
