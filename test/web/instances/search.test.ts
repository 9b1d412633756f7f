import { describe, expect, test } from "@jest/globals";
import { enterHint, readSearch } from "../../../web/instances/search.ts";

describe("what is typed into the search box means", () => {
  test.each([
    ["", { kind: "none" }],
    ["  ", { kind: "none" }],
    ["web-1", { kind: "name", name: "web-1" }],
    [" web-1 ", { kind: "name", name: "web-1" }],
    ["two words", { kind: "name", name: "two words" }],
    ["i-0123456789abcdef0", { kind: "id", instanceId: "i-0123456789abcdef0" }],
    ["i-01234567", { kind: "id", instanceId: "i-01234567" }],
    ["10.0.1.20", { kind: "address", address: "10.0.1.20" }],
    ["2001:db8::1", { kind: "address", address: "2001:db8::1" }],
    ["[2001:db8::1]", { kind: "address", address: "2001:db8::1" }],
    ["ip-10-0-1-20", { kind: "address", address: "ip-10-0-1-20" }],
    [
      "ec2-203-0-113-7.compute-1.amazonaws.com",
      { kind: "address", address: "ec2-203-0-113-7.compute-1.amazonaws.com" },
    ],
    ["env=prod", { kind: "tag", key: "env", value: "prod" }],
    ["env = prod", { kind: "tag", key: "env", value: "prod" }],
    ["env=", { kind: "tag", key: "env", value: "" }],
    ["a=b=c", { kind: "tag", key: "a", value: "b=c" }],
  ])("%j", (typed, meant) => {
    expect(readSearch(typed)).toEqual(meant);
  });
});

describe("what looks like more than a name is the beginning of one until it is whole", () => {
  test.each([
    "i-0123456789abcdef",
    "i-0123456789ABCDEF0",
    "i-",
    "10.0.1",
    "10.0.1.256",
    "10.0.1.20.",
    "12:30",
    "ip-10-0-1",
    "=prod",
  ])("%s", (typed) => {
    expect(readSearch(typed)).toEqual({ kind: "name", name: typed });
  });
});

describe("a hint says what Enter does, or why nothing is found yet", () => {
  test.each([
    ["web-1", undefined],
    ["2.0", undefined],
    ["10.0.1.20", undefined],
    ["i-0123456789abcdef0", "Enter opens"],
    ["env=prod", "Enter filters"],
    ["i-0123", "8 or 17"],
    ["10.0.1", "once it is whole"],
  ])("%s: %s", (typed, hint) => {
    const said = enterHint(readSearch(typed));
    if (hint === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(hint);
  });
});
