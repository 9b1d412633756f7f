import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { entityTag, readPrecondition } from "../../../lambda/http/precondition.ts";
import { problemFrom } from "../../support/problems.ts";

type Sent = Readonly<Record<string, string[]>>;
const read = (headers: Sent) => readPrecondition(routes.putHostKeys, headers);

test.each<[sentence: string, sent: Sent, precondition: object]>([
  ["an ETag", { "If-Match": [entityTag("7")] }, { revisions: ["7"] }],
  ["a header in small letters", { "if-match": ['"7"'] }, { revisions: ["7"] }],
  ["several ETags", { "If-Match": ['"7", "8"', '"9"'] }, { revisions: ["7", "8", "9"] }],
  ["a weak ETag, which never matches", { "If-Match": ['W/"7"'] }, { revisions: [] }],
  ["an ETag without its quotes, which never matches", { "If-Match": ["7"] }, { revisions: [] }],
  ["that nothing is registered", { "If-None-Match": ["*"] }, { isUnset: true }],
])("reads %s", (_, sent, precondition) => {
  expect(read(sent)).toEqual(precondition);
});

describe("a precondition is required", () => {
  test.each<[sentence: string, sent: Sent]>([
    ["none", {}],
    ["an empty one", { "If-Match": [""] }],
    ["any version", { "If-Match": ["*"] }],
    ["any version beside one", { "If-Match": ['"7", *'] }],
    ["that a certain version is not there", { "If-None-Match": ['"7"'] }],
    ["that nothing is there, twice", { "If-None-Match": ["*", "*"] }],
    ["both", { "If-Match": ['"7"'], "If-None-Match": ["*"] }],
  ])("not %s", async (_, sent) => {
    expect(await problemFrom(() => read(sent))).toMatchObject({ code: "precondition-required" });
  });
});

test.each([
  ["a GET of a versioned route", routes.getHostKeys],
  ["a route without versions", routes.createConnection],
])("%s needs none, and ignores the headers", (_, route) => {
  expect(readPrecondition(route, { "If-Match": ["*"] })).toBeUndefined();
});
