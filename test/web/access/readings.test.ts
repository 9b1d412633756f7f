import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readDuration } from "../../../contract/duration.ts";
import { showUtc } from "../../../web/access/start-time.ts";
import { askAgainQuery, readTags, writeTags } from "../../../web/access/tags.ts";
import { tagQuery, tagsInQuery } from "../../../web/ui/tag-query.ts";

describe("a length of time", () => {
  test.each(["", " ", "0m", "30", "1.5h", "-1h", "1h30", "30m1h", "one hour", "1h1h", "99999999m"])(
    "%j is none",
    (text) => {
      expect(readDuration(text)).toBeUndefined();
    },
  );
  test.each([
    ["30m", 1800],
    ["1h", 3600],
    ["1h30m", 5400],
    [" 1 h  30 min ", 5400],
    ["2 hours", 7200],
    ["90S", 90],
    ["1d", 86_400],
    ["1 day 2 hours", 93_600],
  ])("%j is %d seconds", (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });
});

describe("tags", () => {
  test.each(["", "\n \n", "env", "=prod", "env=prod\nteam", "env=prod\nenv=dev"])("%j are none", (text) => {
    expect(readTags(text)).toHaveProperty("fault");
  });
  test.each([
    ["env=prod", { env: "prod" }],
    [" env=prod \n\n team=a b ", { env: "prod", team: "a b" }],
    ["empty=", { empty: "" }],
    ["a=b=c", { a: "b=c" }],
    ["__proto__=x", Object.fromEntries([["__proto__", "x"]])],
  ])("%j are %j", (text, tags) => {
    expect(readTags(text)).toEqual({ tags });
  });
  test("are the same after a link and a form", () => {
    const tags = { env: "prod", "a b": "é=&?#" };
    const query = new URLSearchParams({ ...tagQuery(tags), osUser: "root" });
    expect(tagsInQuery(query)).toEqual(tags);
    expect(readTags(writeTags(tagsInQuery(query)))).toEqual({ tags });
  });
  test("and instances are asked for again by the same link", () => {
    const target = { accountId: "111122223333", region: "us-east-1" };
    const osUser = "root";
    expect(askAgainQuery({ scope: { tags: { env: "prod" }, ...target }, osUser })).toEqual({
      ...{ "tag.env": "prod", ...target, osUser },
    });
    expect(askAgainQuery({ scope: { instanceId: "i-1" }, osUser })).toEqual({ instanceId: "i-1", osUser });
  });
});

const code = path.resolve(import.meta.dirname, "../../../web/access/start-time.ts");

/** What a browser in Berlin reads. */
function startInBerlin(text: string): unknown {
  const script = `import(${JSON.stringify(code)}).then(({ readStart }) => console.log(JSON.stringify(readStart(${JSON.stringify(text)}))))`;
  const env = { ...process.env, TZ: "Europe/Berlin" };
  return JSON.parse(execFileSync(process.execPath, ["--eval", script], { encoding: "utf8", env }));
}

describe("a start, in Berlin", () => {
  test.each(["", "tomorrow", "2026-02-30T18:00", "2026-13-01T18:00", "2026-03-01", "2026-03-01T18:00Z"])(
    "%j is no moment",
    (text) => {
      expect(startInBerlin(text)).toEqual({ fault: "Choose a day and a time." });
    },
  );
  test("is not a time that the clock skips, or shows twice", () => {
    expect(startInBerlin("2026-03-29T02:30")).toEqual({ fault: expect.stringContaining("skips") });
    expect(startInBerlin("2026-10-25T02:30")).toEqual({ fault: expect.stringContaining("twice") });
  });
  test.each([
    ["2026-03-01T18:00", "2026-03-01T17:00:00.000Z"],
    ["2026-07-01T18:00", "2026-07-01T16:00:00.000Z"],
    ["2026-03-29T03:30", "2026-03-29T01:30:00.000Z"],
  ])("%s is %s", (text, at) => {
    expect(startInBerlin(text)).toEqual({ at });
  });
});

test("a moment is shown in UTC", () => {
  expect(showUtc("2026-03-01T17:00:00.000Z")).toBe("2026-03-01 17:00 UTC");
});
