import { describe, expect, test } from "@jest/globals";
import { parseMoment } from "../../../client/audit/moment.ts";
import { runAudit } from "../../../client/audit/run-audit.ts";
import { parseCommandLine } from "../../../client/cli/parse.ts";
import { commandTable } from "../../../client/commands/index.ts";
import { csvLine } from "../../../contract/csv.ts";
import { eventCsv } from "../../../contract/event-csv.ts";
import type { AuditEvent } from "../../../sdk/types.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const now = new Date("2026-03-08T12:00:00.000Z");

const eventOf = (id: string, facts: object = {}, type = "latchkey.connection.pushed"): AuditEvent => ({
  specversion: "1.0",
  id,
  source: "latchkey/test",
  type,
  subject: `connections/${id}`,
  time: "2026-03-08T11:00:00.000Z",
  data: { sequence: 1, actor: "alice", subject: "alice", instanceId: "i-0a1b2c3d", requestId: "r-1", ...facts },
});

/** Runs `latchkey audit` against pages, the last one without a cursor. */
async function audit(args: readonly string[], pages: readonly object[]) {
  const responses = pages.map((page, index) => ({
    ...page,
    ...(index < pages.length - 1 && { nextCursor: `c${index}` }),
  }));
  const world = scriptedWorld({ responses, clock: () => now });
  const task = parseCommandLine(commandTable, ["audit", ...args]);
  if (task.kind !== "run") throw new Error("It is a command");
  const exitCode = await runAudit(world.context, task.input).catch((error: Error) => error.message);
  return { exitCode, shown: world.shown, calls: world.calls.map(({ input }) => input) };
}

describe("a moment", () => {
  test.each([
    ["7d", "2026-03-01T12:00:00.000Z"],
    ["2w", "2026-02-22T12:00:00.000Z"],
    ["36h", "2026-03-07T00:00:00.000Z"],
    ["30m", "2026-03-08T11:30:00.000Z"],
    ["90s", "2026-03-08T11:58:30.000Z"],
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T14:05Z", "2026-03-01T14:05:00.000Z"],
    ["2026-03-01T14:05:00.5+02:00", "2026-03-01T12:05:00.500Z"],
  ])("%s is %s", (text, moment) => expect(parseMoment(text, now)).toBe(moment));

  test.each([
    "",
    "7",
    "d",
    "-7d",
    "7 d",
    "1.5h",
    "2026-02-30",
    "2026-13-01",
    "2026-03-01T14:05",
    "1772366400",
    "today",
  ])("is not %j", (text) => expect(parseMoment(text, now)).toBeUndefined());
});

test("an instance that is named with its account and region has no events of one with the same id elsewhere", async () => {
  const here = eventOf("here", { accountId: "444455556666", region: "eu-west-1" });
  const there = eventOf("there", { accountId: "111122223333", region: "us-east-1" });
  const args = ["--instance", "i-0a1b2c3d@444455556666/eu-west-1", "--json"];
  const { shown } = await audit(args, [{ items: [there, here] }]);
  expect(shown.join("")).toContain('"id":"here"');
  expect(shown.join("")).not.toContain('"id":"there"');
});

describe("the API is asked", () => {
  const usual = { limit: 100 };
  test.each<[args: string, query: object]>([
    ["", {}],
    ["--type connection.denied", { type: "latchkey.connection.denied" }],
    ["--type latchkey.caller.suspended", { type: "latchkey.caller.suspended" }],
    ["--type of-tomorrow", { type: "latchkey.of-tomorrow" }],
    ["--subject bob --actor erin", { subject: "bob", actor: "erin" }],
    ["--connection c-1 --request ar-1", { connectionId: "c-1", accessRequestId: "ar-1" }],
    ["--instance i-0a1b2c3d", { instanceId: "i-0a1b2c3d" }],
    ["--from 7d --to 2026-03-02", { from: "2026-03-01T12:00:00.000Z", to: "2026-03-02T00:00:00.000Z" }],
  ])("with %s", async (args, query) => {
    const { calls } = await audit(args.split(" ").filter(Boolean), [{ items: [] }]);
    expect(JSON.parse(JSON.stringify(calls))).toEqual([{ ...usual, ...query }]);
  });

  test.each([
    ["--json --csv", "audit prints one of --json and --csv"],
    ["--follow --to 1h", "--follow goes on: leave out --to"],
    ["--from yesterday", 'invalid --from "yesterday"'],
    ["--from 1h --to 7d", "--from is not before --to"],
  ])("nothing with %s", async (args, message) => {
    expect(await audit(args.split(" "), [])).toEqual({ exitCode: message, shown: [], calls: [] });
  });
});

describe("what is shown", () => {
  const pages = (count: number) => [
    { items: [] },
    { items: Array.from({ length: count }, (_, at) => eventOf(`c${at}`)) },
  ];

  test("without --from and --limit: the newest 100, and that there are more", async () => {
    const { shown } = await audit(["--json"], [{ items: pages(100)[1]?.items }, { items: [eventOf("x")] }]);
    expect(shown).toHaveLength(101);
    expect(shown.at(-1)).toBe("note: these are the newest 100 events, and there are more: use --from or --limit");
  });

  test("with --from: all, page by page, empty pages passed over", async () => {
    const { shown, calls } = await audit(["--json", "--from", "7d"], [...pages(150), ...pages(1)]);
    expect([shown.length, calls.length]).toEqual([151, 4]);
  });

  test("with --limit: as many, without a word if there are no more", async () => {
    expect((await audit(["--json", "--limit", "2"], pages(2))).shown).toHaveLength(2);
    expect((await audit(["--json", "--limit", "2"], pages(3))).shown).toHaveLength(3);
  });

  test("a table, with a scope of tags and events of types that it does not know", async () => {
    const tags = eventOf("a", { instanceId: undefined, scope: { tags: { env: "staging", role: "db" } } });
    const unknown = eventOf("b", { reason: "a new\u001b[31m thing" }, "latchkey.of.tomorrow");
    const { shown, exitCode } = await audit(
      [],
      [{ items: [tags, unknown, eventOf("c", { code: "access-denied", count: 3 })] }],
    );
    expect({ shown, exitCode }).toEqual({
      exitCode: 0,
      shown: [
        "out: TIME                  EVENT              ACTOR  SUBJECT  INSTANCE             OS USER  DETAILS",
        "out: 2026-03-08 11:00:00Z  connection.pushed  alice  alice    env=staging,role=db  -",
        'out: 2026-03-08 11:00:00Z  of.tomorrow        alice  alice    i-0a1b2c3d           -        "a new\\u{1b}[31m thing"',
        "out: 2026-03-08 11:00:00Z  connection.pushed  alice  alice    i-0a1b2c3d           -        access-denied, 3 times",
      ],
    });
  });

  test("that a page is incomplete, once, and by the exit code", async () => {
    const incomplete = [{ accountId: "444455556666", region: "eu-west-1", code: "upstream-unavailable" }];
    const page = { items: [eventOf("a")], incomplete };
    expect(await audit(["--json"], [page, page])).toMatchObject({
      exitCode: 69,
      shown: [
        "note: the events of 444455556666 in eu-west-1 may be missing: AWS is not available",
        expect.stringContaining("out: {"),
        expect.stringContaining("out: {"),
      ],
    });
  });

  test("that there is nothing; as CSV the head alone", async () => {
    expect((await audit([], [{ items: [] }])).shown).toEqual(["note: there are no such events that you may read"]);
    expect((await audit(["--csv"], [{ items: [] }])).shown[0]).toMatch(
      /^out: time,type,id,item,instance,sequence,actor,/,
    );
  });

  test("as JSON a line for each event, in which a terminal finds nothing to obey", async () => {
    const event = eventOf("a", { reason: "x\u202ey\u009b2J" });
    const { shown } = await audit(["--json"], [{ items: [event] }]);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatch(/^[ -~]*$/);
    expect(JSON.parse(shown[0]?.replace("out: ", "") ?? "")).toEqual(event);
  });
});

describe("CSV", () => {
  test.each([
    ["plain", "plain"],
    ["", ""],
    ['a "word", and more', '"a ""word"", and more"'],
    ["two\nlines", "two\\u{a}lines"],
    ["=HYPERLINK(A1)", "'=HYPERLINK(A1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "\\u{9}=1"],
    ["\r=1", "\\u{d}=1"],
    [" =1", "' =1"],
    ["\u200b=1", "\\u{200b}=1"],
    ["\u001b[31m", "\\u{1b}[31m"],
    ["\uff1d1", "'\uff1d1"],
    ["a=1", "a=1"],
  ])("writes %j as %j", (text, cell) => expect(csvLine([text])).toBe(cell));

  test("of an event has every field of its data in the last column", () => {
    const line = eventCsv(eventOf("a", { policies: ["p", "q"], reason: '=cmd|" /C calc"', mine: 1 }));
    expect(line).toContain("p q");
    expect(line).toContain('"\'=cmd|"" /C calc"""');
    expect(line).toMatch(/""mine"":1\}"$/);
  });
});
