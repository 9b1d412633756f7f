import { describe, expect, test } from "@jest/globals";
import { csvDownload, jsonDownload } from "../../../web/audit/download.ts";
import { sampleEvent } from "./sample-events.ts";

const now = new Date("2026-03-01T14:05:09.120Z");

describe("events as CSV", () => {
  test.each([
    ["a formula", "=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["a formula behind blanks", "\u00a0+1", "'\u00a0+1"],
    ["a line break and a tab", "a\r\n\tb", "a\\u{d}\\u{a}\\u{9}b"],
    ["what changes the direction of text", "a\u202eb", "a\\u{202e}b"],
    ["a quotation mark", 'a"b,c', '"a""b,c"'],
  ])("are safe in a spreadsheet: %s", (_, reason, cell) => {
    const { content } = csvDownload([sampleEvent({ data: { reason } })], now);
    const [, line = "", end] = content.split("\r\n");
    expect(line).toContain(`,${cell},`);
    expect(end).toBe("");
  });
  test("have a name with the time, and a line of names", () => {
    const { name, type, content } = csvDownload([], now);
    expect({ name, type }).toEqual({ name: "latchkey-audit-2026-03-01T1405Z.csv", type: "text/csv" });
    expect(content).toMatch(/^time,type,id,item,instance,.*,data\r\n$/);
  });
});

test("events as JSON are one a line, with nothing hidden, and the same events", () => {
  const events = [sampleEvent({ data: { reason: "a\u202eb\n" } }), sampleEvent({ subject: "connections/c-2" })];
  const { name, content } = jsonDownload(events, now);
  expect(name).toBe("latchkey-audit-2026-03-01T1405Z.jsonl");
  expect(content).not.toContain("\u202e");
  expect(
    content
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(events);
});
