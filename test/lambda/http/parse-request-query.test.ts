import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

const queryOf = (query: Record<string, string[]>) =>
  parseRequest(routes.listInstances, restEvent({ resource: routes.listInstances.path, query })).query;

/** As JSON.parse makes it, with a name of its own. */
const protoQuery: Record<string, string[]> = JSON.parse('{"__proto__":["x"]}');
const manyTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag.t${index}`, ["x"]]));

describe("refused", () => {
  test.each([
    ["an unknown parameter, by its name", { colour: ["red"] }, "/colour", "unknown-field"],
    ["a tag in another notation, by its name", { "tag.KEY[tag.env]": ["dev"] }, "/tag.KEY[tag.env]", "unknown-field"],
    ["a tag in half a notation, by its name", { "tag[env": ["dev"] }, "/tag[env", "unknown-field"],
    ["a tag without a notation, by its name", { tag: ["env=dev"] }, "/tag", "unknown-field"],
    ["a name that could be anything, without it", { "a b": ["x"] }, "", "unknown-field"],
    ["a name of 65 characters, without it", { ["n".repeat(65)]: ["x"] }, "", "unknown-field"],
    ["a known parameter in capitals", { Limit: ["5"] }, "/Limit", "unknown-field"],
    ["__proto__", protoQuery, "", "unknown-field"],
    ["the name under which tags are gathered", { tags: ["x"] }, "/tags", "unknown-field"],
    ["that name beside a tag", { tags: ["x"], "tag.env": ["dev"] }, "/tags", "unknown-field"],
    ["a parameter twice", { limit: ["5", "5"] }, "/limit", "duplicate-parameter"],
    ["a tag twice", { "tag.env": ["dev", "prod"] }, "/tag.env", "duplicate-parameter"],
    ["a tag twice, in two notations", { "tag.env": ["dev"], "tag[env]": ["dev"] }, "/tag[env]", "duplicate-parameter"],
    ["a value that was no UTF-8", { name: ["\uFFFD"] }, "", "wrong-encoding"],
    ["a name that was no UTF-8", { "tag.\uFFFD": ["x"] }, "", "wrong-encoding"],
    ["a tag without a key", { "tag.": ["dev"] }, "/tags/0/key", "too-short"],
    ["a tag in brackets without a key", { "tag[]": ["dev"] }, "/tags/0/key", "too-short"],
    ["a tag's key of 129 characters", { [`tag.${"k".repeat(129)}`]: ["x"] }, "/tags/0/key", "too-long"],
    ["a tag's value of 257 characters", { "tag.env": ["v".repeat(257)] }, "/tags/0/value", "too-long"],
    ["21 tags", manyTags(21), "/tags", "too-big"],
    ["a limit of 0", { limit: ["0"] }, "/limit", "too-small"],
    ["a limit of 101", { limit: ["101"] }, "/limit", "too-big"],
    ["a limit below zero", { limit: ["-1"] }, "/limit", "wrong-format"],
    ["a limit and a half", { limit: ["1.5"] }, "/limit", "wrong-format"],
    ["a limit in hexadecimal", { limit: ["0x5"] }, "/limit", "wrong-format"],
    ["a limit of nothing", { limit: [""] }, "/limit", "wrong-format"],
    ["an empty name", { name: [""] }, "/name", "too-short"],
    ["an account of eleven digits", { accountId: ["11112222333"] }, "/accountId", "wrong-format"],
    ["a region with a dot", { region: ["us.east"] }, "/region", "wrong-format"],
    ["a cursor that is not base64url", { cursor: ["a+b="] }, "/cursor", "wrong-format"],
  ])("%s", async (_, query, pointer, code) => {
    expect(await problemFrom(() => queryOf(query))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer, code }],
    });
  });
});

describe("read", () => {
  test.each([
    ["no query", {}, { limit: 50, tags: [] }],
    ["the least limit", { limit: ["1"] }, { limit: 1, tags: [] }],
    ["the greatest limit", { limit: ["100"] }, { limit: 100, tags: [] }],
    ["a limit with a leading zero", { limit: ["007"] }, { limit: 7, tags: [] }],
    ["a name with wildcards, which stand for themselves", { name: ["web-*?"] }, { name: "web-*?" }],
    ["a tag", { "tag.env": ["dev"] }, { tags: [{ key: "env", value: "dev" }] }],
    [
      "a tag in brackets, as generated clients send it",
      { "tag[env]": ["dev"] },
      { tags: [{ key: "env", value: "dev" }] },
    ],
    ["a tag whose key has brackets", { "tag[a[b].c]": ["x"] }, { tags: [{ key: "a[b].c", value: "x" }] }],
    ["a tag with no value", { "tag.env": [""] }, { tags: [{ key: "env", value: "" }] }],
    ["a tag whose key has dots and colons", { "tag.a.b:c/d": ["x"] }, { tags: [{ key: "a.b:c/d", value: "x" }] }],
    ["a tag with the key __proto__", { "tag.__proto__": ["x"] }, { tags: [{ key: "__proto__", value: "x" }] }],
    ["20 tags", manyTags(20), {}],
  ])("%s", (_, query, expected) => {
    expect(queryOf(query)).toMatchObject(expected);
  });
});
