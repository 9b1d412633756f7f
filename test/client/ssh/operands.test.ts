import { describe, expect, test } from "@jest/globals";
import { readOperands } from "../../../client/ssh/operands.ts";

describe("scp is refused", () => {
  test.each<[string, string[]]>([
    ["without a target", ["web-1:a"]],
    ["between local files", ["a", "b"]],
    ["between two instances", ["web-1:a", "db-1:b"]],
    ["within one instance", ["web-1:a", "web-1:b"]],
    ["from two instances", ["web-1:a", "db-1:b", "."]],
    ["from two users of one instance", ["a@web-1:a", "b@web-1:b", "."]],
    ["from both sides", ["web-1:a", "b", "."]],
    ["to an instance, from it and from here", ["a", "web-1:b", "web-1:c"]],
    ["with a URL", ["scp://web-1/a", "."]],
  ])("%s", (_, texts) => {
    expect(() => readOperands(texts, "linux")).toThrow(
      expect.objectContaining({ exitCode: 64, hint: expect.any(String) }),
    );
  });
});

const local = (path: string) => ({ isRemote: false, path });
const remote = (path: string) => ({ isRemote: true, path });

describe("scp copies", () => {
  test.each<[string, string[], string, object[], NodeJS.Platform?]>([
    ["to an instance", ["a", "web-1:b"], "web-1", [local("a"), remote("b")]],
    ["several files, to a home directory", ["a", "b", "web-1:"], "web-1", [local("a"), local("b"), remote("")]],
    ["several files from one", ["u@db-1:a", "u@db-1:b", "."], "u@db-1", [remote("a"), remote("b"), local(".")]],
    ["a path with colons", ["web-1:a:b", "c"], "web-1", [remote("a:b"), local("c")]],
    ["a local file with a colon, by its path", ["./a:b", "web-1:"], "web-1", [local("./a:b"), remote("")]],
    ["a local file that begins with a colon", [":a", "web-1:"], "web-1", [local(":a"), remote("")]],
    ["from an IPv6 address", ["u@[2001:db8::1]:a", "b"], "u@[2001:db8::1]", [remote("a"), local("b")]],
    [
      "to an account and a region, behind the slash of which the path begins",
      ["a", "u@web-1@444455556666/eu-west-1:b:c"],
      "u@web-1@444455556666/eu-west-1",
      [local("a"), remote("b:c")],
    ],
    [
      "from an IPv6 address there",
      ["[2001:db8::1]@444455556666/eu-west-1:", "b"],
      "[2001:db8::1]@444455556666/eu-west-1",
      [remote(""), local("b")],
    ],
    [
      "a local file below what only looks like it",
      ["web-1@4444/eu-west-1:b", "web-1:"],
      "web-1",
      [local("web-1@4444/eu-west-1:b"), remote("")],
    ],
    ["to an instance with a bracket in its name", ["a", "web[1]:b"], "web[1]", [local("a"), remote("b")]],
    ["an instance of one letter", ["a:x", "b"], "a", [remote("x"), local("b")]],
    [
      "from a drive of Windows",
      [String.raw`C:\Users\me\a b`, "web-1:"],
      "web-1",
      [local(String.raw`C:\Users\me\a b`), remote("")],
      "win32",
    ],
    [
      "from a path of Windows with a colon",
      [String.raw`d\a:b`, "web-1:"],
      "web-1",
      [local(String.raw`d\a:b`), remote("")],
      "win32",
    ],
  ])("%s", (_, texts, destination, operands, platform = "linux") => {
    expect(readOperands(texts, platform)).toEqual({ destination, operands });
  });
});
