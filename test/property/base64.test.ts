import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../ssh-format/base64.ts";
import { testProperty } from "../support/property.ts";

/** Base64, and text that a lenient decoder accepts: changed anywhere, in the other alphabet, without padding. */
const nearlyBase64 = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.constantFrom("", " ", "\n", "=", "-", "_", "A", "B", "é"))
  .map(([bytes, position, piece]) => {
    const base64 = Buffer.from(bytes).toString("base64");
    const at = position % (base64.length + 1);
    return base64.slice(0, at) + piece + base64.slice(at + (position & 1));
  });

describe("base64", () => {
  testProperty(
    "is encoded as Buffer encodes it, and decoded again",
    { small: 100, large: 50_000 },
    fc.property(fc.uint8Array(), (bytes) => {
      const base64 = Buffer.from(bytes).toString("base64");
      expect(encodeBase64(bytes)).toBe(base64);
      expect(decodeBase64(base64)).toEqual(bytes);
    }),
  );

  testProperty(
    "is decoded only if it is exactly what Buffer encodes",
    { small: 200, large: 100_000 },
    fc.property(fc.oneof(nearlyBase64, fc.base64String(), fc.string({ unit: "binary" })), (text) => {
      const bytes = Buffer.from(text, "base64");
      const isCanonical = bytes.toString("base64") === text;
      expect(decodeBase64(text)).toEqual(isCanonical ? new Uint8Array(bytes) : undefined);
    }),
  );
});
