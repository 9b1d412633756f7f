import { expect, test } from "@jest/globals";
import { withBlocks } from "../../bench/write-results.ts";

const page = (first: string, second: string) =>
  [
    "# Page",
    "",
    "## One",
    "",
    "```text",
    first,
    "```",
    "",
    "```text",
    "kept",
    "```",
    "## Two",
    "```text",
    second,
    "```",
    "",
  ].join("\n");

test.each([
  ["the first block under its heading", "## One", ["new 1 $& 2"], page("new 1 $& 2", "b")],
  ["the last heading's block", "## Two", ["new\nlines"], page("a", "new\nlines")],
])("writes results into %s alone", (_, heading, texts, expected) => {
  expect(withBlocks(page("a", "b"), heading, texts)).toBe(expected);
});

test.each([
  ["no such heading", "## Three", ["x"], 'There is no heading "## Three"'],
  ["fewer blocks than texts", "## Two", ["x", "y"], 'Under "## Two" there are fewer than 2 blocks of text'],
])("refuses a page with %s", (_, heading, texts, message) => {
  expect(() => withBlocks(page("a", "b"), heading, texts)).toThrow(message);
});
