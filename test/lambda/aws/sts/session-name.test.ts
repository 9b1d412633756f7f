import { describe, expect, test } from "@jest/globals";
import { sessionNameOf } from "../../../../lambda/aws/sts/session-name.ts";

/** What STS takes for a RoleSessionName and a SourceIdentity. */
const rule = /^[\w+=,.@-]{2,64}$/;

describe("a name that loses something gets 24 characters of a hash of the whole", () => {
  test.each([
    ["a machine's slash", "111122223333/ChatBot", "111122223333-ChatBot-5fa06816f310"],
    ["a space", "Ada Lovelace", "Ada-Lovelace-"],
    ["a letter beyond ASCII", "zoë", "zo--"],
    ["a pair of surrogates", "ada😀", "ada---"],
    ["a line break behind", "ada\n", "ada--"],
    ["a name of one character", "a", "a-"],
    ["no name", "", "-"],
    ["65 characters", "a".repeat(65), `${"a".repeat(39)}-`],
  ])("%s", (_, subject, beginning) => {
    const name = sessionNameOf(subject);
    expect(name).toMatch(rule);
    expect(name.slice(0, beginning.length)).toBe(beginning);
    expect(name).toMatch(/-[0-9a-f]{24}$/);
  });

  test.each([
    ["differ in what is lost", "a/b", "a b"],
    ["differ behind the 64th character", `${"a".repeat(64)}b`, `${"a".repeat(64)}c`],
    ["lose something, or only look so", "a/b", "a-b"],
    [
      "are a machine, and a person of the form of its name",
      "111122223333/chatbot",
      sessionNameOf("111122223333/chatbot"),
    ],
  ])("so two stay two that %s", (_, one, other) => {
    expect(sessionNameOf(one)).not.toBe(sessionNameOf(other));
  });
});

test.each([["al"], ["alice"], ["ada.lovelace+ops@example.com"], ["a=b,c_d-e"], ["a".repeat(64)]])(
  "%s is its own name",
  (subject) => {
    expect(sessionNameOf(subject)).toBe(subject);
  },
);
