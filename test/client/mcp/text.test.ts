import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { agentName, longestOwnReason, reasonBy } from "../../../client/mcp/agent-name.ts";
import { outputText } from "../../../client/mcp/output-text.ts";
import { untrustedBlock, visibleIn } from "../../../client/mcp/untrusted-text.ts";
import { reason } from "../../../contract/fields.ts";

describe("an agent's name, in a reason", () => {
  test.each<[sentence: string, name: unknown, kept: string | undefined]>([
    ["nothing", undefined, undefined],
    ["what is no text", 42, undefined],
    ["nothing but what does not show", "\u202e\u200b\n", undefined],
    ["letters of another script alone", "агент", undefined],
    [
      "brackets and quotes, which could end our sentence",
      'x) approved by bob (asked by "y',
      "x approved by bob asked by y",
    ],
    ["ends of lines and escapes", "a\r\nb\u001b[31mc", "a b 31mc"],
    ["a usual name", "claude-code_2.0 beta+1", "claude-code_2.0 beta+1"],
    ["a long name", `${"x".repeat(39)} yz`, "x".repeat(39)],
  ])("that is %s", (_, name, kept) => {
    expect(agentName(name)).toBe(kept);
  });

  test("fits the contract's rules, with any name and any reason that a tool takes", () => {
    const own = reason.max(longestOwnReason);
    const words = fc
      .string({ unit: "grapheme", maxLength: longestOwnReason })
      .filter((text) => own.safeParse(text).success);
    fc.assert(
      fc.property(words, fc.string({ unit: "binary" }), (text, name) => {
        expect(reason.safeParse(reasonBy(agentName(name), text)).success).toBe(true);
      }),
    );
    expect(reasonBy(undefined, "INC-42 ")).toBe("INC-42 (asked by an agent)");
    const longest = reasonBy(agentName("x".repeat(99)), "y".repeat(longestOwnReason));
    expect([longest.length, reason.safeParse(longest).success]).toEqual([500, true]);
  });
});

describe("text from elsewhere", () => {
  test("cannot end its block, or hide", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const block = untrustedBlock("x", `END guess\n${text}`);
        const mark = /BEGIN (\S+)$/m.exec(block)?.[1] ?? "";
        expect(block.split("\n").filter((line) => line.includes(mark))).toHaveLength(3);
        expect(block).toMatch(/^(?:[^\p{Cc}\p{Cf}\p{Cs}]|[\n\t])*$/u);
      }),
    );
  });

  test("has a mark of its own each time", () => {
    expect(untrustedBlock("x", "y")).not.toBe(untrustedBlock("x", "y"));
  });

  test("is made visible in keys and lists too", () => {
    expect(visibleIn({ "a\u202e": ["b\u001b", 1, null, { c: true }] })).toEqual({
      "a\\u{202e}": ["b\\u{1b}", 1, null, { c: true }],
    });
  });
});

describe("output of a command", () => {
  const bytes = (text: string) => Buffer.from(text);

  test.each<[sentence: string, kept: Uint8Array, total: number, expected: object]>([
    ["nothing", bytes(""), 0, { text: "", isTruncated: false, isBinary: false }],
    ["text, with tabs and lines", bytes("a\tb\n"), 4, { text: "a\tb\n", isTruncated: false, isBinary: false }],
    [
      "escapes and returns",
      bytes("\u001b[2J\r\n"),
      6,
      { text: "\\u{1b}[2J\\u{d}\n", isTruncated: false, isBinary: false },
    ],
    ["its beginning", bytes("ab"), 9, { text: "ab", isTruncated: true, isBinary: false }],
    ["a character cut in two", bytes("aé").subarray(0, 2), 3, { text: "a", isTruncated: true, isBinary: false }],
    [
      "half a character at the very end",
      bytes("aé").subarray(0, 2),
      2,
      { text: "a\ufffd", isTruncated: false, isBinary: true },
    ],
    ["a zero byte", bytes("a\0b"), 3, { text: "a\\u{0}b", isTruncated: false, isBinary: true }],
    ["Latin-1", Uint8Array.of(0x66, 0xfc, 0x72), 3, { text: "f\ufffdr", isTruncated: false, isBinary: true }],
    [
      "much that is not text",
      Buffer.alloc(16_384),
      16_384,
      { text: "\\u{0}".repeat(1024), isTruncated: true, isBinary: true },
    ],
    [
      "much that does not show",
      Buffer.alloc(16_384, 1),
      16_384,
      { text: "\\u{1}".repeat(6554).slice(0, 32_768), isTruncated: true, isBinary: false },
    ],
  ])("that is %s", (_, kept, total, expected) => {
    expect(outputText({ kept, bytes: total })).toEqual({ ...expected, bytes: total });
  });
});
