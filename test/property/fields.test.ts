import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import type * as z from "zod";
import * as fields from "../../contract/fields.ts";
import { testProperty } from "../support/property.ts";

const runs = { small: 1000, large: 50_000 };
const lower = "abcdefghijklmnopqrstuvwxyz";
const letters = lower + lower.toUpperCase();
const digits = "0123456789";

const isMadeOf = (text: string, characters: string) => [...text].every((character) => characters.includes(character));
const accepts = (schema: z.ZodType, text: string) => schema.safeParse(text).success;

/** What looks like the characters of an id or a name, or is not seen: digits and letters of other scripts, line ends. */
const lookalike = fc.constantFrom(
  ...["\n", "\r", "\u2028", "\0", " ", "A", "g", "-", "$", "*"],
  ...["\u0663", "\uFF13", "\uFF41", "\u0430", "\u212A", "\u0130"], // 3 and 3, a and a, K, I
);
/** A text with, half of the time, one character put in somewhere: at the end, for one. */
const disturbed = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.option(lookalike), fc.nat({ max: 40 })).map(([good, intruder, at]) => {
    const start = Math.min(at, good.length);
    return good.slice(0, start) + (intruder ?? "") + good.slice(start);
  });
const textOf = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });

describe.each([
  ["an instance's id", "i-", fields.instanceId],
  ["an endpoint's id", "eice-", fields.endpointId],
])("ids", (sentence, prefix, schema) => {
  const hex = fc
    .constantFrom(7, 8, 8, 9, 16, 17, 17, 18)
    .chain((length) => textOf(`${digits}abcdef`, length).map((some) => some.padEnd(length, "0")));
  const almostId = disturbed(
    fc.tuple(fc.constantFrom(prefix, prefix, prefix.toUpperCase(), "", "x"), hex).map(([start, rest]) => start + rest),
  );

  testProperty(
    `${sentence} is ${prefix} and 8 or 17 lower-case hex digits, and nothing else`,
    runs,
    fc.property(fc.oneof(almostId, almostId, fc.string({ unit: "binary" })), (text) => {
      const rest = text.slice(prefix.length);
      const isId = text.startsWith(prefix) && [8, 17].includes(rest.length) && isMadeOf(rest, `${digits}abcdef`);
      expect(accepts(schema, text)).toBe(isId);
    }),
  );
});

/** The service model's rule for `InstanceOSUser`, as one reads it. */
function isOsUser(text: string): boolean {
  const body = text.endsWith("$") ? text.slice(0, -1) : text; // a `$` may only stand at the end
  if (body === "" || text.length > 32 || !isMadeOf(body, `${letters}${digits}@._-`)) return false;
  if (isMadeOf(body.charAt(0), `${letters}_`))
    return text.length < 32 || isMadeOf(text.charAt(31), `${letters}${digits}$_-`);
  return isMadeOf(body.charAt(0), digits) && !isMadeOf(body, digits); // digits alone would be a user's number
}

describe("users", () => {
  const almostUser = disturbed(
    fc.oneof(
      textOf(`${letters}${digits}@._-$`, 34),
      textOf("0a_@.$", 34),
      textOf("a@.$", 33).map((end) => end.padStart(32, "a")),
    ),
  );
  testProperty(
    "an OS user is what the service's model says",
    runs,
    fc.property(fc.oneof(almostUser, almostUser, fc.string({ unit: "binary" })), (text) => {
      expect(accepts(fields.osUser, text)).toBe(isOsUser(text));
    }),
  );
});
