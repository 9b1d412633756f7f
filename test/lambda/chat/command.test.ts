import { describe, expect, test } from "@jest/globals";
import { type Ask, askOf, readCommand } from "../../../lambda/chat/command.ts";

describe("is no command:", () => {
  test.each([
    ["a word that is none", "reboot web-1"],
    ["ssh without an instance", "ssh"],
    ["white space after ssh", "ssh   "],
    ["words after the instance that say nothing", "ssh web-1 please"],
    ["a clause without its words", "ssh web-1 as"],
    ["a clause twice", "ssh web-1 as root as ec2-user"],
    ["two OS users", "ssh web-1 as root ec2-user"],
    ["words after a command that takes none", "unlink alice"],
  ])("%s", (_, text) => {
    expect(readCommand(text)).toEqual({ kind: "unknown" });
  });
});

test.each([
  ["", "help"],
  ["  help me", "help"],
  ["requests", "requests"],
  ["Requests ", "requests"],
  ["unlink", "unlink"],
])("%j is the command %s", (text, kind) => {
  expect(readCommand(text)).toEqual({ kind });
});

describe("asks:", () => {
  const web = { instance: "web-1" };
  test.each<[string, string, Ask]>([
    ["for an instance alone", "ssh web-1", web],
    ["as a phone writes it", "Ssh web-1 As root", { ...web, osUser: "root" }],
    [
      "for everything",
      "ssh web-1 as root for 1h because INC-42",
      { ...web, osUser: "root", durationSeconds: 3600, reason: "INC-42" },
    ],
    [
      "in another order",
      "ssh web-1 for 2 hours as root because it is down",
      { ...web, osUser: "root", durationSeconds: 7200, reason: "it is down" },
    ],
    [
      "for a reason that has the words of a clause",
      "ssh web-1 because the disk serves as cache for all  because",
      { ...web, reason: "the disk serves as cache for all  because" },
    ],
    ["for no length of time", "ssh web-1 for ever", { ...web, durationSeconds: Number.NaN }],
    ["for a name with spaces", 'ssh "web as 1" as root', { instance: "web as 1", osUser: "root" }],
    [
      "for a name in the quotation marks of a phone",
      "ssh “web 1” for 30m",
      { instance: "web 1", durationSeconds: 1800 },
    ],
    ["for an instance in an account", "ssh web-1@123456789012/eu-west-1", { instance: "web-1@123456789012/eu-west-1" }],
  ])("%s", (_, text, ask) => {
    expect(readCommand(text)).toEqual({ kind: "ask", ask });
  });

  test("in time that is linear in the text", () => {
    expect(readCommand(`ssh ${'"'.repeat(10_000)}${" as".repeat(3000)}`)).toEqual({ kind: "unknown" });
  });
});

test("a form asks for what is filled in", () => {
  const typed = { instance: " web-1 ", osUser: " ", duration: "30 minutes", reason: "" };
  expect(askOf(typed)).toEqual({ instance: "web-1", durationSeconds: 1800 });
});
