import { describe, expect, test } from "@jest/globals";
import { countNarrowing, eventFilter, localTime, readFilters, utcOf } from "../../../web/audit/filters.ts";
import { auditLink } from "../../../web/ui/links.ts";

const now = new Date("2026-03-02T12:00:00.000Z");
const asked = (query: string) => {
  const entries = Object.entries(eventFilter(readFilters(new URLSearchParams(query)), now));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

describe("a query asks the API for", () => {
  test.each([
    ["nothing that it does not know", "fleet=all&__proto__=x&limit=1&cursor=c", {}],
    ["nothing that is empty", "subject=&actor=%20", {}],
    ["what it says, without the blanks around it", "subject=%20alice%20", { subject: "alice" }],
    ["a type with its prefix", "type=connection.denied", { type: "latchkey.connection.denied" }],
    ["a type that it does not know, which the API explains", "type=latchkey.new", { type: "latchkey.new" }],
    ["a moment that is none, which the API explains", "from=yesterday", { from: "yesterday" }],
    [
      "exact moments, in UTC",
      "from=2026-03-01T10:00:00%2B01:00&to=2026-03-02",
      { from: "2026-03-01T09:00:00.000Z", to: "2026-03-02T00:00:00.000Z" },
    ],
    ["the last hour, up to now", "last=hour", { from: "2026-03-02T11:00:00.000Z" }],
    ["the last day rather than exact moments", "last=day&to=2026-01-01", { from: "2026-03-01T12:00:00.000Z" }],
    ["the last week", "last=week", { from: "2026-02-23T12:00:00.000Z" }],
    ["any time for an unknown period", "last=toString", {}],
  ])("%s", (_, query, filter) => {
    expect(asked(query)).toEqual(filter);
  });

  test("all that filters of the API there are", () => {
    const names = ["instanceId", "subject", "actor", "connectionId", "accessRequestId"];
    const given = Object.fromEntries(names.map((name) => [name, `a ${name}`]));
    expect(asked(auditLink(given).split("?")[1] ?? "")).toEqual(given);
    expect(countNarrowing(given)).toBe(5);
  });
});

describe("a moment in the reader's zone", () => {
  test.each([
    [new Date(2026, 6, 1, 12, 0, 0), "2026-07-01T12:00:00"],
    [new Date(2026, 0, 1, 0, 30, 15), "2026-01-01T00:30:15"],
  ])("%p", (moment, local) => {
    expect(localTime(moment.toISOString())).toBe(local);
    expect(utcOf(local)).toBe(moment.toISOString());
  });
  test.each([undefined, "", "soon"])("of %p is empty", (at) => {
    expect(localTime(at)).toBe("");
  });
  test("an empty field is no moment", () => {
    expect(utcOf("")).toBeUndefined();
  });
});
