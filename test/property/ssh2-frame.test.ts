import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { parsePublicKey } from "../../ssh-format/public-key.ts";
import { base64Of, keys } from "../fixtures/keys.ts";
import { testProperty } from "../support/property.ts";
import { anyFrame, anyKey } from "./any-key.ts";

const maxCharacters = 4096; // of what the parser reads at all
const framedKey = fc
  .tuple(anyKey, anyFrame)
  .map(([line, frame]) => ({ line, text: frame(line) }))
  .filter(({ text }) => text.length <= maxCharacters);

/** Text that may stand in a frame outside its base64, with the base64 of another key among the headers. */
const intruder = fc.oneof(
  fc.constantFrom(" ", "\t", "\r", "\n", "\r\n", "\\", "\\\n", ":", ": ", "-", "_", "----", "#", "\0", "\uFEFF"),
  fc.constantFrom("\n---- BEGIN SSH2 PUBLIC KEY ----\n", "\n---- END SSH2 PUBLIC KEY ----\n", "\nComment: ada\n"),
  fc.constantFrom("\nSubject: \\\n", `\nComment: ${base64Of(keys.otherEd25519)}\n`, `\n${keys.otherEd25519}\n`),
);
const intrusion = fc.record({ at: fc.nat({ max: maxCharacters }), intruder });

describe("frames", () => {
  testProperty(
    "a key in a frame is the same key, with any headers, line lengths and line ends",
    { small: 500, large: 50_000 },
    fc.property(framedKey, ({ line, text }) => {
      expect(parsePublicKey(text)).toMatchObject({ key: { line } });
    }),
  );

  testProperty(
    "no change to a frame around its base64 makes it give another key",
    { small: 1000, large: 100_000 },
    fc.property(framedKey, fc.array(intrusion, { minLength: 1, maxLength: 3 }), ({ line, text }, intrusions) => {
      const changed = intrusions.reduce((sofar, { at, intruder: piece }) => {
        const start = at % (sofar.length + 1);
        return sofar.slice(0, start) + piece + sofar.slice(start);
      }, text);
      const parsed = parsePublicKey(changed);
      if ("key" in parsed) expect(parsed.key.line).toBe(line);
    }),
  );
});
