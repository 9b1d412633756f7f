import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { personId } from "../../contract/caller.ts";
import { sessionNameOf } from "../../lambda/aws/sts/session-name.ts";
import { callerOf } from "../../lambda/callers/iam.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { testProperty } from "../support/property.ts";

const runs = { small: 1000, large: 100_000 };
const settings = { identities: { iam: { people: [{ role: "111122223333/Engineer" }] } }, groups: {} };

/** The id of a person with this session name; undefined if they are refused. */
function idOf(sessionName: string): string | undefined {
  try {
    return callerOf(settings, { userArn: `arn:aws:sts::111122223333:assumed-role/Engineer/${sessionName}` }).id;
  } catch (error) {
    if (error instanceof Problem && error.code === "access-denied") return undefined;
    throw error;
  }
}

/** Names near to real ones: capitals, look-alikes and letters whose lower case is ASCII among them. */
const characters = [..."aBkKiIsS09._+=,@-", "\u212A", "\u0130", "\u017F", "а", "е", "ａ", "\u0301", "/", " ", "\0"];
const names = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 66 });
const pairs = fc.oneof(
  fc.tuple(names, names),
  names.map((name) => [name, name.toLowerCase()] as const),
  names.map((name) => [name, name.toUpperCase()] as const),
  names.map((name) => [name, name.normalize("NFKC")] as const),
);

/** A text with only ASCII letters compared without case: the contract's words, independent of the code. */
const folded = (text: string) =>
  [...text].map((c) => (c >= "A" && c <= "Z" ? String.fromCharCode(c.charCodeAt(0) + 32) : c)).join("");

describe("ids of people", () => {
  testProperty(
    "two names have one id only if they differ in the case of ASCII letters alone",
    runs,
    fc.property(pairs, ([one, other]) => {
      const [first, second] = [idOf(one), idOf(other)];
      if (first !== undefined && first === second) expect(folded(one)).toBe(folded(other));
    }),
  );

  testProperty(
    "every id is ASCII, in the contract's form, and unchanged as a name of STS sessions",
    runs,
    fc.property(names, (name) => {
      const id = idOf(name);
      if (id === undefined) return;
      expect(personId.safeParse(id).success).toBe(true);
      expect(id).toMatch(/^[\x21-\x7e]+$/);
      expect(sessionNameOf(id)).toBe(id);
    }),
  );

  testProperty(
    "a name with a letter beyond ASCII is refused",
    runs,
    fc.property(
      names.filter((name) => /[^\0-\x7f]/.test(name)),
      (name) => expect(idOf(name)).toBeUndefined(),
    ),
  );
});
