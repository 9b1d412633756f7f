import { describe, expect, test } from "@jest/globals";
import { instanceQuery } from "../../../contract/instance.ts";
import { instanceCursorSize, readCursor, writeCursor } from "../../../lambda/instances/cursor.ts";
import { placeOf } from "../../../lambda/inventory/rows.ts";
import { problemFrom } from "../../support/problems.ts";
import { web } from "../../support/samples.ts";

const place = placeOf(web);

describe("a cursor that Latchkey did not issue is an invalid request", () => {
  test.each([
    ["nothing", ""],
    ["no base64 of anything", "A"],
    ["no place", writeCursor("web-1")],
    ["another text of the same place", `${writeCursor(place)}=`],
  ])("%s", async (_, cursor) => {
    expect(await problemFrom(() => readCursor(cursor))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
    });
  });
});

test.each([
  ["an instance", place],
  ["one without a name", placeOf({ ...web, tags: {} })],
  [
    "one with the longest name and region",
    placeOf({ ...web, region: "r".repeat(32), tags: { Name: "\u{1f600}".repeat(256) } }),
  ],
])("a cursor survives encoding, a query and decoding: behind %s", (_, at) => {
  const text = writeCursor(at);
  expect(readCursor(text)).toBe(at);
  expect(text.length).toBeLessThanOrEqual(instanceCursorSize);
  expect(instanceQuery.parse({ cursor: text }).cursor).toBe(text);
});
