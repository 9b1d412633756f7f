import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { parseStrictJson } from "../../lambda/shared/strict-json.ts";
import { testProperty } from "../support/property.ts";

/** A value, how it is written as JSON, and what is wrong with that. */
interface Written {
  readonly value: unknown;
  readonly text: string;
  readonly depth: number;
  readonly faults: readonly string[];
}

const maxDepth = 16; // that is read
const space = fc.constantFrom("", "", " ", "\r\n\t");
const escaped = (text: string) =>
  `"${text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
/** So few that an object often has one twice; each is spelled in one of two ways. */
const name = fc
  .tuple(fc.constantFrom("", "a", "b", "c", "é", "😀", '"', "\\", "{", '":', "constructor", "__proto__"), fc.boolean())
  .map(([value, isEscaped]) => ({ value, text: isEscaped ? escaped(value) : JSON.stringify(value) }));

const scalar = fc
  .oneof(
    fc.jsonValue({ maxDepth: 0, stringUnit: "binary" }),
    fc.constantFrom('{"a":', "\\", '"', ",", "]", "__proto__"),
  )
  .map((value) => JSON.stringify(value)) // which writes -0 as 0
  .map((text): Written => ({ value: JSON.parse(text), text, depth: 0, faults: [] }));

const { anything } = fc.letrec<{ anything: Written }>((tie) => {
  const array = fc.tuple(fc.array(tie("anything"), { maxLength: 4 }), space).map(([items, gap]) => ({
    value: items.map(({ value }) => value),
    text: `[${items.map(({ text }) => gap + text).join(",")}${gap}]`,
    depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
    faults: items.flatMap(({ faults }) => faults),
  }));
  const object = fc.tuple(fc.array(fc.tuple(name, tie("anything")), { maxLength: 4 }), space).map(([members, gap]) => {
    const names = members.map(([{ value }]) => value);
    return {
      value: Object.fromEntries(members.map(([key, { value }]) => [key.value, value])),
      text: `{${members.map(([key, { text }]) => `${gap}${key.text}${gap}:${text}`).join(",")}${gap}}`,
      depth: 1 + Math.max(0, ...members.map(([, { depth }]) => depth)),
      faults: [
        ...members.flatMap(([, { faults }]) => faults),
        ...(new Set(names).size < names.length ? ["duplicate-name"] : []),
        ...(names.includes("__proto__") ? ["forbidden-name"] : []),
      ],
    };
  });
  return { anything: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, array, object) };
});
/** Some of it far further in. */
const anyJson = fc.tuple(anything, fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 20 }))).map(
  ([{ value, text, depth, faults }, further]): Written => ({
    value: Array.from({ length: further }).reduce((inner) => [inner], value),
    text: `${"[".repeat(further)}${text}${"]".repeat(further)}`,
    depth: depth + further,
    faults: [...faults, ...(depth + further > maxDepth ? ["too-deep"] : [])],
  }),
);

const pieces = fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "\\", "\\u0061", '"a"', "1", "__proto__", "\uFEFF");
/** JSON in which something stands in the place of up to two characters; and what is made of its pieces. */
const almostJson = fc.oneof(
  fc.tuple(anyJson, fc.nat(), fc.nat({ max: 2 }), pieces).map(([{ text }, position, cut, piece]) => {
    const start = position % (text.length + 1);
    return text.slice(0, start) + piece + text.slice(start + cut);
  }),
  fc.array(pieces).map((some) => some.join("")),
);

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("JSON", () => {
  testProperty(
    "is read as it was meant, unless a name is repeated or forbidden, or it is too deep",
    { small: 500, large: 50_000 },
    // JSON.parse is no reference here: https://github.com/nodejs/node/issues/63785
    fc.property(anyJson, ({ value, text, faults }) => {
      const result = parseStrictJson(text);
      if (faults.length === 0) expect(result).toEqual({ value });
      else expect(faults.map((fault) => ({ fault }))).toContainEqual(result);
    }),
  );

  testProperty(
    "that JSON.parse rejects is malformed, and nothing is thrown",
    { small: 500, large: 50_000 },
    fc.property(fc.oneof(fc.string({ unit: "binary" }), almostJson), (text) => {
      const result = parseStrictJson(text);
      if (!isJson(text)) expect(result).toEqual({ fault: "malformed-json" });
    }),
  );
});
