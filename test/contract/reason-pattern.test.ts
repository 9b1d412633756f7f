import { describe, expect, jest, test } from "@jest/globals";
import { missingInReason, readReasonPattern } from "../../contract/reason-pattern.ts";

describe("refused when it is read", () => {
  test.each<[sentence: string, pattern: string, message: string]>([
    ["nothing, which is in every reason", "", "is found in every reason"],
    ["what may be nothing", "a*b?", "is found in every reason"],
    ["an alternative of nothing", "a|", "is found in every reason"],
    ["a group", "(a+)+$", "at position 1"],
    ["a group in the middle", "a(?:b)", "at position 2"],
    ["a look ahead", "a(?=b)", "at position 2"],
    ["a quantifier of nothing", "+a", "at position 1"],
    ["a quantifier of a quantifier", "a+*", "at position 3"],
    ["a lazy quantifier", "a+?", "at position 3"],
    ["an anchor in the middle", "a^b", "at position 2"],
    ["an end in the middle", "a$b", "at position 3"],
    ["an open class", "[a", "at position 1"],
    ["an empty class", "[]", "at position 1"],
    ["the class of everything", "[^]", "at position 1"],
    ["a range upside down", "[z-a]", "has [z-a], which is not"],
    ["a word's end", "a\\b", "has the unknown \\b"],
    ["a reference", "a\\1", "has the unknown \\1"],
    ["an escape at the end", "a\\", "at position 2"],
    ["the larger number first", "a{3,2}", "has {3,2}"],
    ["more steps than are followed", "a{999}", "more than 200 characters"],
    ["more than fits an annotation", "a".repeat(201), "longer than 200"],
  ])("%s", (_, pattern, message) => {
    expect(() => readReasonPattern(pattern)).toThrow(message);
  });
});

/** What JavaScript's own expressions say too. */
describe.each<[pattern: string, absent: readonly string[], found: readonly string[]]>([
  ["INC-[0-9]+", ["", "INC-", "inc-1"], ["INC-1", "see INC-12: disk"]],
  ["^INC-\\d{4,6}$", ["INC-123", "INC-1234567", "x INC-1234", "INC-1234 x"], ["INC-1234", "INC-123456"]],
  ["INC-1|^CHG-2$", ["CHG-2 x", "x CHG-2"], ["x INC-1 x", "CHG-2"]],
  ["a.c", ["ac", "a"], ["abc", "a👩c"]],
  ["ab?c+d*$", ["abbc", "ab", "acx"], ["ac", "abcc", "xabcdd"]],
  ["[^a-z\\]]{2}", ["ab]", "A"], ["AB", "x11"]],
  ["\\[x\\]\\w{2,}\\.", ["x1.", "[x]a."], ["[x]ab.", "[x]abc."]],
])("%s", (pattern, absent, found) => {
  const expected = new RegExp(pattern, "u");
  test.each(absent)("is not found in %j", (reason) => {
    expect([readReasonPattern(pattern)(reason), expected.test(reason)]).toEqual([false, false]);
  });

  test.each(found)("is found in %j", (reason) => {
    expect([readReasonPattern(pattern)(reason), expected.test(reason)]).toEqual([true, true]);
  });
});

test("a pattern that would backtrack for ages tests each place of each character once", () => {
  const steps = "a*".repeat(99);
  const reason = "a".repeat(500);
  const tested = jest.spyOn(RegExp.prototype, "test");
  expect(readReasonPattern(`${steps}b`)(reason)).toBe(false);
  expect(tested.mock.calls.length).toBeLessThan(2 * 100 * 501);
});

test("a client asks nothing for a pattern of a newer server", () => {
  expect(missingInReason("why", { reasonPatterns: ["(why not)"] })).toBeUndefined();
});
