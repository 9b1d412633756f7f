import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { sessionNameOf } from "../../lambda/aws/sts/session-name.ts";
import { testProperty } from "../support/property.ts";

const runs = { small: 250, large: 50_000 };

/** What STS accepts as a RoleSessionName and a SourceIdentity. */
const rule = /^[\w+=,.@-]{2,64}$/;

describe("session names", () => {
  testProperty(
    "STS accepts the name of any subject, and a subject that STS accepts is unchanged",
    runs,
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 50, maxLength: 80 })), (subject) => {
      const name = sessionNameOf(subject);
      expect(name).toMatch(rule);
      expect(name === subject).toBe(rule.test(subject) && !/-[0-9a-f]{24}$/.test(subject));
    }),
  );

  const losing = fc.string({ unit: fc.constantFrom("a", "/", " ", "é"), maxLength: 70 }).filter((it) => !rule.test(it));
  const anyId = fc.constantFrom("111122223333/chatbot", "111122223333/chat-bot", "alice", "é");
  testProperty(
    "no subject has the name of another, not even one that is itself the name of another",
    runs,
    fc.property(anyId, fc.nat({ max: 3 }), anyId, fc.nat({ max: 3 }), (one, rounds, other, otherRounds) => {
      const nested = (subject: string, times: number): string =>
        times === 0 ? subject : nested(sessionNameOf(subject), times - 1);
      const [first, second] = [nested(one, rounds), nested(other, otherRounds)];
      expect(sessionNameOf(first) === sessionNameOf(second)).toBe(first === second);
    }),
  );

  testProperty(
    "two different subjects that STS does not accept have different names",
    runs,
    fc.property(losing, losing, (one, other) => {
      expect(sessionNameOf(one) === sessionNameOf(other)).toBe(one === other);
    }),
  );
});
