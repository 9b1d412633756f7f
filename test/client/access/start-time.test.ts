import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startTime } from "../../../client/access/start-time.ts";

const now = new Date("2026-03-01T12:00:30.000Z");
const code = path.resolve(import.meta.dirname, "../../../client/access/start-time.ts");

test.each([
  ["+2h", "2026-03-01T14:00:30.000Z"],
  ["+90m", "2026-03-01T13:30:30.000Z"],
  ["+1d", "2026-03-02T12:00:30.000Z"],
  ["+29d12h30m", "2026-03-31T00:30:30.000Z"],
  ["2026-03-01T18:00Z", "2026-03-01T18:00:00.000Z"],
  ["2026-03-01 18:00:05+01:00", "2026-03-01T17:00:05.000Z"],
  ["2026-03-01t18:00z", "2026-03-01T18:00:00.000Z"],
])("%s is one moment", (text, start) => {
  expect(startTime(text, now)).toBe(start);
});

test.each([
  ...["", "+", "+2", "2h", "-2h", "+2x", "+1d ", "tomorrow", "now", "1772388000"],
  ...["6pm", "18", "18:00:00", "24:00", "18:60", "9:00", "18:00Z"],
  ...[
    "2026-03-01",
    "2026-03-01T18:00",
    "2026-03-01 18:00",
    "2026-02-30T18:00Z",
    "2026-13-01T18:00Z",
    "01/03/2026 18:00",
  ],
  ...["2026-03-01T25:00Z", "2026-03-01T18:00 CET", "2026-03-01T18:00+1"],
])("%s could be another moment, or is none", (text) => {
  expect(() => startTime(text, now)).toThrow("invalid --starts-at");
});

describe("a time of day, on a clock in Berlin", () => {
  const cases: readonly (readonly [sentence: string, text: string, now: string, start: string])[] = [
    ["is today's if that is ahead", "18:00", "2026-03-01T12:00:00Z", "2026-03-01T17:00:00.000Z"],
    ["is tomorrow's if that has passed", "09:00", "2026-03-01T12:00:00Z", "2026-03-02T08:00:00.000Z"],
    ["is tomorrow's at that very minute", "13:00", "2026-03-01T12:00:00Z", "2026-03-02T12:00:00.000Z"],
    ["is refused if the clock skips it", "02:30", "2026-03-28T12:00:00Z", "refused"],
    ["is refused if the clock shows it twice", "02:30", "2026-10-24T12:00:00Z", "refused"],
    ["is taken on the day after", "02:30", "2026-10-25T12:00:00Z", "2026-10-26T01:30:00.000Z"],
  ];
  const script = `const { startTime } = await import(${JSON.stringify(code)});
    const read = ([, text, now]) => { try { return startTime(text, new Date(now)); } catch { return "refused"; } };
    console.log(JSON.stringify(${JSON.stringify(cases)}.map(read)));`;
  const env = { ...process.env, TZ: "Europe/Berlin" };
  const starts = JSON.parse(execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" })) as string[];
  test.each(cases.map(([sentence, , , start], index) => [sentence, starts[index], start]))("%s", (_, read, start) => {
    expect(read).toBe(start);
  });
});
