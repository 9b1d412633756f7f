import { describe, expect, test } from "@jest/globals";
import { defaultOsUser } from "../../../lambda/connect/os-user.ts";

const userOf = (tags: Record<string, string>) => defaultOsUser({ tags }, "ec2-user");
const tagged = (value: string) => userOf({ "latchkey:os-user": value });

describe("a tag that holds no possible name counts for nothing", () => {
  test.each([
    ["empty", ""],
    ["an option of ssh", "-oProxyCommand=x"],
    ["a name with a space", "ec2 user"],
    ["a name with a space behind", "ubuntu "],
    ["a line break behind", "ubuntu\n"],
    ["a path", "../root"],
    ["a user's number", "1000"],
    ["33 characters", "a".repeat(33)],
    ["a wildcard", "*"],
  ])("%s", (_, value) => {
    expect(tagged(value)).toBe("ec2-user");
  });
});

test.each([
  ["no tag at all", {}],
  ["the tag in capitals", { "Latchkey:OS-User": "ubuntu" }],
  ["another tag", { "os-user": "ubuntu" }],
])("%s leaves the stack's setting", (_, tags: Record<string, string>) => {
  expect(userOf(tags)).toBe("ec2-user");
});

test.each(["ubuntu", "admin", "ada@example.com"])("the tag %s is the default", (value) => {
  expect(tagged(value)).toBe(value);
});
