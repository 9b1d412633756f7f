import { expect, test } from "@jest/globals";
import { nearest } from "../../../client/command/nearest.ts";

const names = ["instances", "requests", "request", "review", "revoke", "ssh", "scp", "sftp"];

test.each([
  ["a letter too few", "instanes", "instances"],
  ["a letter too many", "requestss", "requests"],
  ["two that are swapped", "shs", "ssh"],
  ["another case", "SSH", "ssh"],
  ["a beginning that only one has", "inst", "instances"],
  ["a beginning that several have: none", "re", undefined],
  ["something else: none", "banana", undefined],
  ["something short that is two letters off: none", "xyh", undefined],
  ["nothing: none", "", undefined],
])("%s", (_, text, meant) => {
  expect(nearest(text, names)).toBe(meant);
});
