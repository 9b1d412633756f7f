import { describe, expect, test } from "@jest/globals";
import { parseStrictJson } from "../../../lambda/shared/strict-json.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const nestedObjects = (depth: number) => '{"a":'.repeat(depth - 1).concat("{}", "}".repeat(depth - 1));

describe("refused", () => {
  test.each([
    ["no text", "", "malformed-json"],
    ["a byte order mark", "\uFEFF{}", "malformed-json"],
    ["a trailing comma in an object", '{"a":1,}', "malformed-json"],
    ["a trailing comma in an array", "[1,]", "malformed-json"],
    ["a comment", "{} // no", "malformed-json"],
    ["single quotes", "{'a':1}", "malformed-json"],
    ["a name without quotes", "{a:1}", "malformed-json"],
    ["two values", "{}{}", "malformed-json"],
    ["an object left open", '{"a":1', "malformed-json"],
    ["a number that JSON has not", "NaN", "malformed-json"],
    ["a leading zero", "[01]", "malformed-json"],
    ["a line break inside a string", '"a\nb"', "malformed-json"],
    ["a name twice", '{"a":1,"a":1}', "duplicate-name"],
    ["a name twice, once with escapes", '{"a":1,"\\u0061":2}', "duplicate-name"],
    ["a name twice, with a surrogate pair escaped", '{"😀":1,"\\ud83d\\ude00":2}', "duplicate-name"],
    ["the empty name twice", '{"":1,"":2}', "duplicate-name"],
    ["a name twice further in", '{"a":{"b":1,"c":{},"b":2}}', "duplicate-name"],
    ["a name twice in an array's object", '[{"a":1},{"a":1,"b":[],"a":2}]', "duplicate-name"],
    ["a name twice around an object that has it too", '{"a":{"a":1},"a":2}', "duplicate-name"],
    ["__proto__", '{"__proto__":{}}', "forbidden-name"],
    ["__proto__ in escapes", '{"\\u005f_proto__":1}', "forbidden-name"],
    ["__proto__ further in", '[{"a":{"__proto__":null}}]', "forbidden-name"],
    ["17 arrays in each other", nested(17), "too-deep"],
    ["17 objects in each other", nestedObjects(17), "too-deep"],
    ["8 KiB of open brackets", "[".repeat(8192), "malformed-json"],
    ["8 KiB of brackets", nested(4096), "too-deep"],
  ])("%s", (_, text, fault) => {
    expect(parseStrictJson(text)).toEqual({ fault });
  });
});

describe("read", () => {
  test.each([
    ["the same name in two objects", '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ["the same name in an object and in one of its objects", '{"a":{"a":1}}', { a: { a: 1 } }],
    ["a name that differs in case", '{"a":1,"A":2}', { a: 1, A: 2 }],
    ["a value that reads like a name seen", '{"a":"b","b":"a"}', { a: "b", b: "a" }],
    ["a string of all that JSON is made of", '{"a":"{[,:\\"a\\":1,\\\\"}', { a: '{[,:"a":1,\\' }],
    ["a string that ends in a backslash", '{"a":"\\\\","b":"\\\\"}', { a: "\\", b: "\\" }],
    ["__proto__ as a value", '["__proto__"]', ["__proto__"]],
    ["white space all over", ' {\r\n\t"a" : 1 } ', { a: 1 }],
    ["constructor and toString as names", '{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
    ["16 arrays in each other", nested(16), JSON.parse(nested(16))],
    ["16 objects in each other", nestedObjects(16), JSON.parse(nestedObjects(16))],
    ["17 arrays beside each other", `[${"[],".repeat(16)}[]]`, Array(17).fill([])],
    ["a name in escapes", '{"\\u0061":1}', { a: 1 }],
    ["a bare string", '"a"', "a"],
    ["null", "null", null],
  ])("%s", (_, text, value) => {
    expect(parseStrictJson(text)).toEqual({ value });
  });
});

test("an escaped name is read right after V8 has seen a backslash in its place", () => {
  parseStrictJson('{"a":[],"\\\\":0}');
  expect(parseStrictJson('{"a":1,"\\"":2}')).toEqual({ value: { a: 1, '"': 2 } });
});
