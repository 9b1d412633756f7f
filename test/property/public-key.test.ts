import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { parsePublicKey } from "../../ssh-format/public-key.ts";
import { base64Of, keys, rsa2048Frame } from "../fixtures/keys.ts";
import { testProperty } from "../support/property.ts";
import { anyDress, anyKey } from "./any-key.ts";
import { mutatedKey } from "./mutated-key.ts";

const odd = ["\r", "\n", "\r\n", " ", "\t", "=", "\\", "#", "\0", "\uFEFF", "\u2028", "ssh-rsa ", "-----BEGIN "];
const pieces = fc.array(fc.oneof(fc.constantFrom(...odd, ...Object.values(keys), rsa2048Frame), fc.string()));
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  pieces.map((some) => some.join("")),
  mutatedKey,
);
const dressedKey = fc.tuple(anyKey, anyDress).map(([line, dress]) => dress(line));

/** A key's line, and a text of the same key but for one bit. */
const flippedKey = fc.tuple(anyKey, fc.nat(), anyDress).map(([line, position, dress]) => {
  const blob = Buffer.from(base64Of(line), "base64");
  const bit = position % (8 * blob.length);
  blob.writeUInt8(blob.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  const base64 = blob.toString("base64");
  return { line, base64, text: dress(`${line.split(" ")[0]} ${base64}`) };
});

describe("keys", () => {
  testProperty(
    "no text makes the parser throw, and what it accepts is a bare line which parses to itself",
    { small: 500, large: 100_000 },
    fc.property(anyText, (text) => {
      const parsed = parsePublicKey(text);
      if ("refusal" in parsed) return;
      expect(parsed.key.line).toMatch(/^ssh-(rsa|ed25519) [A-Za-z0-9+/]+=*$/);
      expect(parsed.key.line.length).toBeGreaterThanOrEqual(80);
      expect(parsed.key.line.length).toBeLessThanOrEqual(732);
      expect(parsePublicKey(parsed.key.line)).toEqual(parsed);
    }),
  );

  testProperty(
    "a key with one bit flipped is refused, or another key",
    { small: 250, large: 50_000 },
    fc.property(flippedKey, ({ line, base64, text }) => {
      const flipped = parsePublicKey(text);
      if ("refusal" in flipped) return;
      expect(base64Of(flipped.key.line)).toBe(base64);
      expect(parsePublicKey(line)).not.toMatchObject({ key: { fingerprint: flipped.key.fingerprint } });
    }),
  );

  testProperty(
    "two public keys with any text between them are never read as one",
    { small: 250, large: 50_000 },
    fc.property(
      dressedKey,
      fc.oneof(fc.constantFrom("", ...odd), fc.string({ unit: "binary" })),
      dressedKey,
      (...parts) => {
        expect(parsePublicKey(parts.join(""))).toHaveProperty("refusal");
      },
    ),
  );
});
