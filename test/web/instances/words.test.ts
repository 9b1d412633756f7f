import { describe, expect, test } from "@jest/globals";
import {
  checkTone,
  isOld,
  reachedBy,
  sortedChecks,
  sourceWords,
  stateTone,
  tellingTags,
  trustTone,
  typeWords,
  usableWords,
} from "../../../web/instances/words.ts";

describe("how an instance is reached, in a list", () => {
  const direct = { connectionType: "direct", usable: true };
  const eice = { connectionType: "eice", usable: true };
  const none = { connectionType: "eice", usable: false, reason: "No endpoint is in the VPC." };
  test.each([
    ["stopped", [direct, eice], undefined],
    ["running", [], undefined],
    ["running", [none], undefined],
    ["running", [direct, none], "direct"],
    ["running", [direct, eice], "direct, endpoint"],
    ["running", [{ connectionType: "pigeon", usable: true }], "pigeon"],
  ])("%s, %j: %s", (state, connectionOptions, words) => {
    expect(reachedBy({ state, connectionOptions })).toBe(words);
  });
});

test.each([
  ["running", true, "good", "usable"],
  ["stopped", true, "neutral", "usable once it runs"],
  ["running", false, "neutral", "not usable"],
  ["stopped", false, "neutral", "not usable"],
])("a way to one that is %s, usable %s: %s, %s", (state, usable, tone, words) => {
  expect(usableWords(state, { usable })).toEqual({ tone, words });
});

describe("the tags that a list has room for", () => {
  const tags = {
    Name: "web-1",
    "aws:stack": "s",
    "latchkey:os-user": "u",
    zone: "z",
    backup: "b",
    Team: "t",
    env: "e",
  };
  test("are not the name, and not what AWS or Latchkey have put there", () => {
    expect(tellingTags(tags, {}, 9)).toEqual([
      ["env", "e"],
      ["Team", "t"],
      ["backup", "b"],
      ["zone", "z"],
    ]);
  });
  test("are not those that the list is filtered by, and no more than fit", () => {
    expect(tellingTags(tags, { env: "e" }, 2)).toEqual([
      ["Team", "t"],
      ["backup", "b"],
    ]);
  });
});

test("a state that is new to the console is shown without a colour, a connection type as it is", () => {
  expect(["running", "stopping", "stopped", "melting"].map(stateTone)).toEqual([
    "good",
    "waiting",
    "neutral",
    "neutral",
  ]);
  expect(["eice", "pigeon", "constructor"].map(typeWords)).toEqual(["endpoint", "pigeon", "constructor"]);
});

describe("an entry is old after a quarter of an hour", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  test.each([
    [undefined, false],
    ["2026-03-01T11:45:00.000Z", false],
    ["2026-03-01T11:44:59.000Z", true],
  ])("%s: %s", (observedAt, old) => {
    expect(isOld({ observedAt }, now)).toBe(old);
  });
});

test("of checks those come first that say what to change", () => {
  const checks = ["pass", "new", "unknown", "pass", "fail"].map((result, at) => ({
    check: `${at}`,
    result,
    detail: "",
  }));
  expect(sortedChecks(checks).map(({ check }) => check)).toEqual(["4", "2", "0", "1", "3"]);
  expect(checks.map(({ result }) => checkTone(result))).toEqual(["good", "neutral", "waiting", "good", "bad"]);
});

test("a host key's source and trust are words, also those that are new", () => {
  expect(["registered", "console", "stars"].map(sourceWords)).toEqual([
    "registered by an operator",
    "read from the instance's console",
    "stars",
  ]);
  expect(["high", "medium", "low", "absolute"].map(trustTone)).toEqual(["good", "waiting", "bad", "neutral"]);
});
