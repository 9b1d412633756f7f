import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { mask, unmask } from "../../../client/tunnel/mask.ts";

describe("masking", () => {
  test("is that of RFC 6455's own example (5.7)", () => {
    const output = Buffer.alloc(5);
    mask(Buffer.from("Hello"), Buffer.from("37fa213d", "hex"), output, 0, 5);
    expect(output.toString("hex")).toBe("7f9f4d5158");
  });

  const cases = [0, 1, 2, 3].flatMap((from) => [0, 2, 4, 7].map((to) => [from, to] as const));
  test.each(cases)("is right wherever the bytes lie: from offset %d to offset %d", (from, to) => {
    const key = randomBytes(4);
    for (const length of [0, 1, 3, 4, 5, 8, 63, 64, 1001]) {
      const source = Buffer.alloc(length + from)
        .fill(randomBytes(64))
        .subarray(from);
      const copy = Buffer.from(source);
      const output = Buffer.alloc(length + to + 5, 0xee);
      mask(source, key, output, to, length);
      expect([...output.subarray(to, to + length)]).toEqual([...source].map((byte, i) => byte ^ (key[i % 4] ?? 0)));
      // And nothing around them changes.
      expect([...output.subarray(0, to), ...output.subarray(to + length)]).toEqual(Array(to + 5).fill(0xee));
      expect(source.equals(copy)).toBe(true);
    }
  });

  test("is taken away by the same again, in place", () => {
    const bytes = randomBytes(1000);
    const key = randomBytes(4);
    const masked = Buffer.from(bytes);
    unmask(masked, key);
    expect(masked.equals(bytes)).toBe(false);
    unmask(masked, key);
    expect(masked.equals(bytes)).toBe(true);
  });
});
