import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { sessionNameOf } from "../../lambda/aws/sts/session-name.ts";
import { testProperty } from "../support/property.ts";

const runs = { small: 1000, large: 50_000 };

/** What STS accepts as a RoleSessionName and a SourceIdentity. */
const rule = /^[\w+=,.@-]{2,64}$/;

describe("session names", () => {
  testProperty(
    "STS accepts the name of any subject, and a subject that STS accepts is unchanged",
    runs,
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 50, maxLength: 80 })), (subject) => {
      const name = sessionNameOf(subject);
      expect(name).toMatch(rule);
      expect(name === subject).toBe(rule.test(subject));
    }),
  );

  const losing = fc.string({ unit: fc.constantFrom("a", "/", " ", "é"), maxLength: 70 }).filter((it) => !rule.test(it));
  testProperty(
    "two different subjects that STS does not accept have different names",
    runs,
    fc.property(losing, losing, (one, other) => {
      expect(sessionNameOf(one) === sessionNameOf(other)).toBe(one === other);
    }),
  );
});
