import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { keys, rsa2048Frame } from "../fixtures/keys.ts";
import { testProperty } from "../support/property.ts";
import { anyHostKey, mutatedHostKey, withFlippedBit } from "./any-host-key.ts";

const odd = ["\r", "\n", " ", "\t", "=", "#", "\0", "\uFEFF", "\u2028", "web-1 ", "@revoked * ", "-----BEGIN "];
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(fc.constantFrom(...odd, ...Object.values(keys), rsa2048Frame), anyHostKey, fc.string()))
    .map((pieces) => pieces.join("")),
  mutatedHostKey,
);

describe("host keys", () => {
  testProperty(
    "no text makes the parser throw, and what it accepts is a bare line which parses to itself",
    { small: 200, large: 25_000 },
    fc.property(anyText, (text) => {
      const read = readHostKeyLine(text);
      if ("refusal" in read) return;
      expect(read.key).toMatch(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*$/);
      expect(readHostKeyLine(read.key)).toEqual(read);
    }),
  );

  testProperty(
    "every key is accepted as it is",
    { small: 100, large: 12_500 },
    fc.property(anyHostKey, (line) => {
      expect(readHostKeyLine(line)).toMatchObject({ key: line });
    }),
  );

  testProperty(
    "a key with one bit flipped is refused, or another key",
    { small: 100, large: 12_500 },
    fc.property(anyHostKey, fc.nat(), (line, position) => {
      const text = withFlippedBit(line, position);
      const flipped = readHostKeyLine(text);
      if ("refusal" in flipped) return;
      expect(flipped.key).toBe(text);
      expect(readHostKeyLine(line)).not.toMatchObject({ fingerprint: flipped.fingerprint });
    }),
  );

  testProperty(
    "a point of a curve with one bit flipped is never a key",
    { small: 50, large: 5_000 },
    fc.property(
      anyHostKey.filter((line) => line.startsWith("ecdsa-")),
      fc.nat(),
      (line, position) => {
        expect(readHostKeyLine(withFlippedBit(line, position))).toHaveProperty("refusal");
      },
    ),
  );

  testProperty(
    "two host keys with any text between them are never read as one",
    { small: 100, large: 12_500 },
    fc.property(
      anyHostKey,
      fc.oneof(fc.constantFrom("", ...odd), fc.string({ unit: "binary" })),
      anyHostKey,
      (...parts) => {
        expect(readHostKeyLine(parts.join(""))).toHaveProperty("refusal");
      },
    ),
  );
});
