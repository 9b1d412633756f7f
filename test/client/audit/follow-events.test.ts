import { describe, expect, test } from "@jest/globals";
import { followEvents } from "../../../client/audit/follow-events.ts";
import { NetworkError } from "../../../sdk/errors.ts";
import type { AuditEvent } from "../../../sdk/types.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** An event by what it happened to, its number and its minute. */
function eventOf(item: string, sequence: number, minute: number): AuditEvent {
  const data = { sequence, actor: "alice", requestId: "r-1" };
  const id = `${item}-${sequence}`;
  return {
    specversion: "1.0",
    id,
    source: "latchkey/x",
    type: "latchkey.x",
    subject: `connections/${item}`,
    time: at(minute),
    data,
  };
}

type Look = readonly AuditEvent[] | Error;

/** Looks once a minute, from minute 30 on, until the looks end. */
async function following(looks: readonly Look[], { since, limit = 100 }: { since?: string; limit?: number } = {}) {
  let minute = 29;
  const { context, interrupt } = scriptedWorld({ clock: () => new Date(at(minute)) });
  const left = [...looks];
  const [asked, shown] = [[] as string[], [] as string[][]];
  const end = await followEvents(context, {
    since,
    limit,
    read: async (from) => {
      asked.push(from.slice(11, 16));
      const look = left.shift() ?? [];
      if (look instanceof Error) throw look;
      return look;
    },
    show: (events) => shown.push(events.map(({ id }) => id)),
    pause: async (_, signal) => {
      minute += 1;
      if (left.length === 0) interrupt();
      signal?.throwIfAborted();
    },
  }).catch((error: unknown) => error);
  return { end, asked, shown };
}

const network = new NetworkError("ECONNRESET", "api.example.com");
const [old, a, b, c] = [eventOf("old", 1, 25), eventOf("a", 1, 30), eventOf("b", 1, 31), eventOf("c", 1, 32)];

describe("each event is shown once", () => {
  test.each<[sentence: string, Look[], string[][]]>([
    ["from now on, and none before it", [[old], [a, old], [b, a, old]], [["a-1"], ["b-1"]]],
    ["by its time, in any order of a look", [[], [a, c, b]], [["a-1", "b-1", "c-1"]]],
    ["late, if it is filed late", [[], [c], [c, a]], [["c-1"], ["a-1"]]],
    ["by its number, if it happened to one thing", [[], [eventOf("a", 2, 30), eventOf("a", 1, 31)]], [["a-1", "a-2"]]],
    ["also after failures", [[], network, network, [b, a]], [["a-1", "b-1"]]],
  ])("%s", async (_, looks, shown) => {
    expect(await following(looks)).toMatchObject({ end: 130, shown });
  });

  test("with --from since then, and with --limit no more than that", async () => {
    const looks = [
      [b, a, old],
      [c, b, a, old],
    ];
    expect(await following(looks, { since: at(20), limit: 4 })).toMatchObject({
      end: undefined,
      shown: [["old-1", "a-1", "b-1"], ["c-1"]],
    });
  });
});

test("a look goes back ten minutes from the last one that succeeded, so that failures lose nothing", async () => {
  const { asked } = await following([[], [], network, network, []]);
  expect(asked).toEqual(["00:19", "00:19", "00:20", "00:20", "00:20"]);
});

test("with --from it never goes further back than that", async () => {
  const { asked } = await following([[], [], []], { since: at(25) });
  expect(asked).toEqual(["00:25", "00:25", "00:25"]);
});

test("the first look's failure ends it", async () => {
  expect(await following([network])).toMatchObject({ end: network, shown: [] });
});
