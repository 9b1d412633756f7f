import { describe, expect, test } from "@jest/globals";
import { instanceTable } from "../../../client/instances/instance-table.ts";
import { table } from "../../../client/terminal/table.ts";
import { cut, displayWidth } from "../../../client/terminal/width.ts";
import { webInstance } from "../../support/client/sample-responses.ts";

const head = ["NAME", "ID", "WHY"];
const shape = { cuttable: ["NAME", "WHY"] };
const long = "x".repeat(255);
const linesOf = (rows: readonly (readonly string[])[], columns: number | undefined) =>
  table(head, rows, { ...shape, columns })
    .trimEnd()
    .split("\n");

describe("a table", () => {
  test("in a pipe has everything", () => {
    expect(linesOf([[long, "i-1", long]], undefined)[1]).toBe(`${long}  i-1  ${long}`);
  });
  test("that fits is as wide as it needs to be", () => {
    expect(linesOf([["web-1", "i-1", "-"]], 80)).toEqual(["NAME   ID   WHY", "web-1  i-1  -"]);
  });
  test("is cut to the terminal's width, the widest text for people first, and no id", () => {
    expect(linesOf([[long, "i-0123456789abcdef0", "because of INC-42"]], 60)).toEqual([
      "NAME                  ID                   WHY",
      `${"x".repeat(19)}…  i-0123456789abcdef0  because of INC-42`,
    ]);
  });
  test("on a terminal too narrow for it has a block for each row, in which ids are whole", () => {
    expect(
      linesOf(
        [
          ["web-1", "i-0123456789abcdef0", long],
          ["db-1", "i-1", "-"],
        ],
        20,
      ),
    ).toEqual([
      "NAME  web-1",
      "ID    i-0123456789abcdef0",
      `WHY   ${"x".repeat(13)}…`,
      "",
      "NAME  db-1",
      "ID    i-1",
      "WHY   -",
    ]);
  });
  test.each([1, 10, 40, 60, 79, 80, 100, 300])("is never wider than a terminal of %d columns", (columns) => {
    for (const name of [long, "見".repeat(200), "🙂".repeat(100), "é".repeat(300), "e\u0301".repeat(120)]) {
      const text = instanceTable([{ ...webInstance, name }, webInstance], { columns });
      const widths = text.split("\n").map(displayWidth);
      // On a narrower one an id is folded, not cut.
      expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, "REACHED BY  i-0123456789abcdef0".length));
    }
  });
  test("has its columns below each other, however wide the characters are", () => {
    const rows = [
      ["見積もり", "i-1", "a"],
      ["e\u0301te\u0301", "i-2", "b"],
      ["🙂", "i-3", "c"],
      ["plain", "i-4", "d"],
    ];
    const at = linesOf(rows, 80)
      .slice(1)
      .map((line) => displayWidth(line.slice(0, line.indexOf("i-"))));
    expect(new Set(at)).toEqual(new Set([10]));
  });
});

test.each([
  ["nothing", "", 0],
  ["ASCII", "web-1", 5],
  ["an accent of its own character", "é", 1],
  ["an accent as a mark", "e\u0301", 1],
  ["Han", "見", 2],
  ["Hangul", "한글", 4],
  ["Hangul in parts", "\u1112\u1161\u11ab", 2],
  ["half-width katakana", "ｱ", 1],
  ["full-width ASCII", "Ａ", 2],
  ["an emoji", "🙂", 2],
  ["a box", "│", 1],
])("%s is as wide as terminals show it", (_, text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test.each([
  ["web-1", 5, "web-1"],
  ["web-1", 4, "web…"],
  ["web-1", 1, "…"],
  ["見積もり", 8, "見積もり"],
  ["見積もり", 6, "見積…"],
  ["e\u0301te\u0301", 2, "e\u0301…"],
])("%s cut to %d columns is %s", (text, most, expected) => {
  expect(cut(text, most)).toBe(expected);
});
