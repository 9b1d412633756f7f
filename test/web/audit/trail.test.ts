import { describe, expect, test } from "@jest/globals";
import { lookFrom, noTrail, withNewer, withOlder } from "../../../web/audit/trail.ts";
import { sampleEvent } from "./sample-events.ts";

const at = (time: string, sequence = 1, subject = "connections/c-1") =>
  sampleEvent({ time: `2026-03-01T${time}.000Z`, subject, data: { sequence } });
const [late, middle, early] = [at("14:02:00", 3), at("14:01:00", 2), at("14:00:00", 1)];
const failed = { accountId: "111122223333", region: "eu-west-1", code: "upstream-unavailable" };

describe("the trail as it is loaded", () => {
  test("shows no event twice", () => {
    const trail = withOlder(withOlder(noTrail, { items: [late, middle], nextCursor: "c" }), { items: [middle, early] });
    expect(trail.events).toEqual([late, middle, early]);
  });
  test("says once what may be missing, and until when", () => {
    const page = { items: [], nextCursor: "c", incomplete: [failed] };
    expect(withOlder(withOlder(noTrail, page), page)).toEqual({ events: [], nextCursor: "c", incomplete: [failed] });
  });
  test("has no more to load after the last page", () => {
    const more = withOlder(noTrail, { items: [late], nextCursor: "c" });
    expect(withOlder(more, { items: [early] }).nextCursor).toBeUndefined();
  });
});

describe("what a look finds", () => {
  const trail = withOlder(noTrail, { items: [middle], nextCursor: "c" });
  test("changes nothing if it is there already", () => {
    expect(withNewer(trail, [middle]).events).toBe(trail.events);
  });
  test("stands by its time, also if it was filed late, and moves no cursor", () => {
    expect(withNewer(trail, [late, early])).toEqual({ ...trail, events: [late, middle, early] });
  });
  test("of one moment, an item's events stand by their numbers", () => {
    const [tenth, ninth] = [at("14:03:00", 10), at("14:03:00", 9)];
    const other = at("14:03:00", 5, "connections/b");
    expect(withNewer(noTrail, [ninth, other, tenth]).events).toEqual([other, tenth, ninth]);
  });
});

describe("a look goes back", () => {
  const lookedAt = new Date("2026-03-01T14:00:00.000Z");
  test.each([
    ["ten minutes, for what is filed late", undefined, "2026-03-01T13:50:00.000Z"],
    ["no further than the period", "2026-03-01T13:55:00.000Z", "2026-03-01T13:55:00.000Z"],
    ["ten minutes of a longer period", "2026-03-01T00:00:00.000Z", "2026-03-01T13:50:00.000Z"],
  ])("%s", (_, from, expected) => {
    expect(lookFrom(lookedAt, from)).toBe(expected);
  });
});
