import { describe, expect, test } from "@jest/globals";
import { instanceQuery } from "../../../contract/instance.ts";
import { type InstanceCursor, readCursor, writeCursor } from "../../../lambda/instances/cursor.ts";
import { problemFrom } from "../../support/problems.ts";

const base64url = (text: string) => Buffer.from(text).toString("base64url");
const encoded = (value: unknown) => base64url(JSON.stringify(value));

describe("a cursor that Latchkey did not issue is an invalid request", () => {
  test.each([
    ["nothing", ""],
    ["no base64 of anything", "A"],
    ["no JSON", base64url("{")],
    ["a number", encoded(1)],
    ["nothing to skip", encoded({})],
    ["less than nothing to skip", encoded({ skip: -1 })],
    ["more to skip than a page can have", encoded({ skip: 1001 })],
    ["half an instance to skip", encoded({ skip: 0.5 })],
    ["a token that is no text", encoded({ token: 1, skip: 0 })],
    ["a token too long", encoded({ token: "t".repeat(2049), skip: 0 })],
    ["something more", encoded({ skip: 0, limit: 5 })],
  ])("%s", async (_, cursor) => {
    expect(await problemFrom(() => readCursor(cursor))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
    });
  });
});

test("without a cursor the list starts at the beginning", () => {
  expect(readCursor(undefined)).toEqual({ skip: 0 });
});

test.each<[string, InstanceCursor]>([
  ["inside EC2's first page", { skip: 3 }],
  ["at one of EC2's pages", { token: "eyJ2IjoiMiJ9+/=", skip: 0 }],
  ["with the longest token", { token: "t".repeat(2048), skip: 1000 }],
])("a cursor survives encoding, a query and decoding: %s", (_, cursor) => {
  const text = writeCursor(cursor);
  expect(readCursor(text)).toEqual(cursor);
  expect(instanceQuery.parse({ cursor: text }).cursor).toBe(text);
});
