import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Options } from "../../../client/command/options.ts";
import { accessReport } from "../../../client/report/access-report.ts";
import { reportCsv } from "../../../client/report/report-csv.ts";
import { reportText } from "../../../client/report/report-text.ts";
import { runReportAccess } from "../../../client/report/run-report-access.ts";
import { parseEvents, type ReportedEvent } from "../../../client/report/trail-item.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

/** An hour of day 10. The period is from hour 10 to 20. */
const at = (hour: number) => new Date(Date.UTC(2026, 0, 10) + hour * 3_600_000).toISOString();
const period = { from: at(10), to: at(20) };

const place = { accountId: "111122223333", region: "us-east-1", instanceId: "i-0a1b2c3d" };
type Step = readonly [type: string, hour: number, facts?: object];

const itemOf = (subject: string, facts: object, steps: readonly Step[]): ReportedEvent[] =>
  steps.map(([type, hour, own], index) => ({
    id: `${subject.replaceAll("/", "_")}-${index + 1}`,
    type: `latchkey.${type}`,
    subject,
    time: at(hour),
    data: { actor: "alice", subject: "alice", ...facts, ...own, sequence: index + 1 },
  }));

/** An access request of alice's. Each step says the status and the end that it leaves. */
function requestOf(id: string, steps: readonly Step[], facts: object = {}) {
  const asked = {
    requestedBy: "alice",
    ...place,
    osUser: "root",
    accessRequestId: id,
    reason: "disk",
    breakGlass: false,
  };
  return itemOf(`access-requests/${id}`, { ...asked, ...facts }, steps);
}
const created = (hour: number): Step => ["access-request.created", hour, { status: "pending" }];
const approved = (hour: number, until: number): Step[] => [
  ["review.submitted", hour, { status: "active", expiresAt: at(until), actor: "bob", decision: "approve" }],
  ["access-request.activated", hour, { status: "active", expiresAt: at(until), actor: "bob" }],
];
const expired = (hour: number): Step => [
  "access-request.expired",
  hour + 0.01,
  { status: "expired", expiresAt: at(hour), actor: "latchkey" },
];
const revoked = (hour: number, until: number): Step => [
  "access-request.revoked",
  hour,
  { status: "revoked", expiresAt: at(until), actor: "erin" },
];

const connectionOf = (id: string, hour: number, facts: object = {}) =>
  itemOf(`connections/${id}`, { ...place, osUser: "root", policies: ["p"], ...facts }, [
    ["connection.intended", hour],
    ["connection.pushed", hour],
  ]);
const usual = requestOf("ar-1", [created(11), ...approved(12, 13), expired(13)]);
/** Long before and after, so that the input covers the period. */
const around = [...connectionOf("before", 1), ...connectionOf("after", 30)];
const report = (events: readonly ReportedEvent[]) => accessReport([...around, ...events], period);
const accessOf = (events: readonly ReportedEvent[]) => report(events).access;

describe("access counts in a period", () => {
  test.each<[sentence: string, Step[], span: [from: number | undefined, until: number] | undefined]>([
    ["not if it ended before", [created(7), ...approved(8, 9), expired(9)], undefined],
    ["not if it ended as the period began", [created(8), ...approved(9, 10), expired(10)], undefined],
    ["not if it began as the period ended", [created(19), ...approved(20, 21), expired(21)], undefined],
    [
      "not if it was revoked before, though it would have lasted into it",
      [created(7), ...approved(8, 12), revoked(9, 12)],
      undefined,
    ],
    ["not if nobody approved it", [created(11), ["access-request.expired", 12, { status: "expired" }]], undefined],
    [
      "not if it was scheduled and revoked before it began",
      [
        ["access-request.scheduled", 11, { status: "scheduled", startsAt: at(15), expiresAt: at(16) }],
        ["access-request.revoked", 12, { status: "revoked", startsAt: at(15), expiresAt: at(16) }],
      ],
      undefined,
    ],
    ["if it was there for a moment", [created(12), ...approved(12, 13), revoked(12, 13)], [12, 12]],
    ["if it began before and ended in it", [created(7), ...approved(8, 11), expired(11)], [8, 11]],
    ["if it began before and ended after, with no event in it", [created(7), ...approved(8, 21), expired(21)], [8, 21]],
    ["if it began in it and goes on", [created(18), ...approved(19, 40)], [19, 40]],
    ["until it was revoked", [created(11), ...approved(12, 16), revoked(13, 16)], [12, 13]],
    ["until it expired, not until that was recorded", [created(8), ...approved(9, 11), expired(11)], [9, 11]],
    [
      "as long as it was extended",
      [
        created(8),
        ...approved(9, 10),
        ["access-request.extended", 9.5, { status: "active", expiresAt: at(12) }],
        expired(12),
      ],
      [9, 12],
    ],
    [
      "as long as a type that is not known says",
      [created(8), ...approved(9, 10), ["of.tomorrow", 9.5, { status: "active", expiresAt: at(12) }], expired(12)],
      [9, 12],
    ],
    [
      "from the time that it was scheduled for",
      [
        ["access-request.scheduled", 8, { status: "scheduled", startsAt: at(15), expiresAt: at(16) }],
        ["access-request.activated", 15.01, { status: "active", startsAt: at(15), expiresAt: at(16) }],
        expired(16),
      ],
      [15, 16],
    ],
    [
      "though it was active at once",
      [
        ["access-request.created", 11, { status: "active", expiresAt: at(12) }],
        ["access-request.activated", 11, { status: "active", expiresAt: at(12) }],
        expired(12),
      ],
      [11, 12],
    ],
  ])("%s", (_, steps, span) => {
    const [found] = accessOf(requestOf("ar-1", steps));
    expect(found?.access).toEqual(
      span && { from: span[0] === undefined ? undefined : at(span[0]), until: at(span[1]) },
    );
  });

  test("with a beginning that is not known, if the event of it is missing", () => {
    const [, , , end] = usual;
    const [found] = accessOf(end ? [end] : []);
    expect(found).toMatchObject({ access: { from: undefined, until: at(13) }, missing: ["1-3"], use: "unknown" });
  });
});

describe("a report says", () => {
  test("who had what, by whose word and why, and who ended it", () => {
    const events = requestOf("ar-1", [created(11), ...approved(12, 16), revoked(13, 16)], { requestedBy: "chatbot" });
    expect(accessOf(events)).toEqual([
      expect.objectContaining({
        ...place,
        subject: "alice",
        requestedBy: "chatbot",
        osUser: "root",
        reason: "disk",
        approvedBy: ["bob"],
        deniedBy: [],
        endedBy: "erin",
        status: "revoked",
        missing: [],
      }),
    ]);
  });

  const under = { accessRequestId: "ar-1" };
  test.each<[sentence: string, ReportedEvent[], object]>([
    ["never", [], { use: "never", connections: 0 }],
    [
      "never, by a connection of another request",
      connectionOf("c-1", 12, { accessRequestId: "ar-2" }),
      { use: "never" },
    ],
    [
      "never, by a push that failed",
      itemOf("connections/c-1", under, [
        ["connection.intended", 12],
        ["connection.failed", 12],
      ]),
      { use: "never" },
    ],
    [
      "by each connection, with its instances",
      [...connectionOf("c-1", 12, under), ...connectionOf("c-2", 12.5, { ...under, instanceId: "i-0b" })],
      { use: "used", connections: 2, instanceIds: ["i-0a1b2c3d", "i-0b"], lastUsedAt: at(12.5) },
    ],
    ["earlier, by a connection before the period", connectionOf("c-1", 9, under), { use: "earlier", connections: 0 }],
    [
      "perhaps, by a push whose outcome is unknown",
      itemOf("connections/c-1", under, [
        ["connection.intended", 12],
        ["connection.failed", 12, { outcome: "unknown" }],
      ]),
      { use: "unknown" },
    ],
    [
      "perhaps, by an intent without an outcome",
      itemOf("connections/c-1", under, [["connection.intended", 12]]),
      { use: "unknown" },
    ],
  ])("that access was used %s", (_, connections, use) => {
    expect(accessOf([...usual, ...connections])[0]).toMatchObject(use);
  });

  test("which connections policy permitted without a request, and none of other times", () => {
    const events = [11, 13, 9, 20].flatMap((hour) => connectionOf(`c-${hour}`, hour));
    expect(report(events).standing).toEqual([
      {
        subject: "alice",
        ...place,
        osUser: "root",
        connections: 2,
        firstUsedAt: at(11),
        lastUsedAt: at(13),
        policies: ["p"],
      },
    ]);
  });

  test("what was asked for in vain, and by whom it was denied", () => {
    const denied: Step = ["review.submitted", 12, { status: "denied", actor: "bob", decision: "deny" }];
    const events = [
      ...requestOf("ar-1", [created(11), denied]),
      ...requestOf("ar-2", [created(8), ["access-request.cancelled", 9, { status: "cancelled" }]]),
    ];
    expect(report(events).withoutAccess).toEqual([
      expect.objectContaining({ accessRequestId: "ar-1", deniedBy: ["bob"], endedBy: "bob" }),
    ]);
  });

  test("how often somebody was denied: the count of a minute is that of all of its events", () => {
    const facts = { actor: "carol", subject: "carol", code: "instance-not-found" };
    const minute = (id: string, hour: number, count: number) =>
      itemOf(`denials/${id}`, facts, [
        ["connection.denied", hour, { instanceId: "i-0a" }],
        ["connection.denied", hour + 0.05, { instanceId: "i-0a", count, minute: at(hour) }],
        ["connection.denied", hour + 0.05, { instanceId: "i-0b", count, minute: at(hour) }],
      ]);
    const events = [...minute("dn-1", 11, 5), ...minute("dn-2", 12, 2), ...minute("dn-3", 9.99, 7)];
    expect(report(events).denials).toEqual([
      {
        subject: "carol",
        instanceIds: ["i-0a", "i-0b"],
        osUser: "",
        code: "instance-not-found",
        count: 7,
        firstAt: at(11),
        lastAt: at(12),
      },
    ]);
  });

  test("who was suspended, also from before the period or still", () => {
    const suspend = (id: string, steps: readonly Step[]) =>
      itemOf(`callers/${id}`, { subject: id, actor: "erin", reason: "left" }, steps);
    const events = [
      ...suspend("a", [
        ["caller.suspended", 5],
        ["caller.restored", 11, { actor: "bob" }],
      ]),
      ...suspend("b", [["caller.suspended", 12]]),
      ...suspend("c", [
        ["caller.suspended", 5],
        ["caller.restored", 9],
      ]),
      ...suspend("d", [["caller.suspended", 25]]),
    ];
    expect(report(events).suspensions).toEqual([
      { subject: "a", from: at(5), until: at(11), suspendedBy: "erin", restoredBy: "bob", reason: "left" },
      { subject: "b", from: at(12), until: undefined, suspendedBy: "erin", restoredBy: "", reason: "left" },
    ]);
  });
});

describe("an incomplete input is said", () => {
  test.each<[sentence: string, ReportedEvent[], missing: string[]]>([
    ["not if it is whole", usual, []],
    [
      "not of requests that had ended before",
      requestOf("ar-1", [created(7), ...approved(8, 9), expired(9)]).slice(2),
      [],
    ],
    ["if an event is missing", usual.toSpliced(1, 1), ["access-requests/ar-1: events 2 are missing"]],
    ["if events at the beginning are missing", usual.slice(3), ["access-requests/ar-1: events 1-3 are missing"]],
    ["if the end of access is missing", usual.slice(0, 3), ["access-requests/ar-1: the event of its end is missing"]],
    [
      "if an outcome is missing",
      connectionOf("c-1", 12).slice(0, 1),
      ["connections/c-1: the event of its end is missing"],
    ],
    [
      "if events are unreadable",
      ["x", "y"].map((id) => ({
        ...(usual[0] as ReportedEvent),
        id,
        type: "latchkey.unreadable",
        subject: "unknown",
        data: { sequence: 0 },
      })),
      ["2 events are unreadable"],
    ],
  ])("%s", (_, events, missing) => expect(report(events).missing).toEqual(missing));

  test("if it begins after the period does, or is empty", () => {
    expect(accessReport(usual, period).missing).toEqual([expect.stringContaining(`the first event is of ${at(11)}`)]);
    expect(accessReport([], period).missing).toEqual(["the input has no events"]);
  });

  test("as an error, if it is not one trail", () => {
    const [first] = usual;
    expect(() => report([...usual, { ...(first as ReportedEvent), id: "other" }])).toThrow("not one trail");
  });
});

test("order and repetition change nothing, and a missing event is said unless it was the last of its item", () => {
  const status = fc.constantFrom(["pending", false], ["active", true], ["revoked", true], ["of-tomorrow", false]);
  const step = fc.tuple(status, fc.integer({ min: 0, max: 29 }), fc.boolean());
  const steps = fc.array(step, { minLength: 1, maxLength: 6 });
  const history = fc.array(steps, { minLength: 1, maxLength: 5 }).map((items) =>
    items.flatMap((own, index) =>
      requestOf(
        `ar-${index}`,
        own.map(
          ([[name, isGranted], hour, isLong]): Step => [
            `x.${name}`,
            hour,
            { status: name, ...(isGranted && { expiresAt: at(isLong ? 40 : hour) }) },
          ],
        ),
      ),
    ),
  );
  const shuffled = history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      fc.nat(events.length - 1),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([events, mixed, dropped]) => {
      const whole = { from: at(0), to: at(30) };
      const all = [...around, ...events];
      expect({ ...accessReport([...mixed, ...around], whole), input: 0 }).toEqual({
        ...accessReport(all, whole),
        input: 0,
      });
      const { subject, data } = events[dropped] as ReportedEvent;
      const isLast = !events.some((other) => other.subject === subject && other.data.sequence > data.sequence);
      const { missing } = accessReport([...around, ...events.toSpliced(dropped, 1)], whole);
      expect(missing.some((text) => text.startsWith(`${subject}: events ${data.sequence} `))).toBe(!isLast);
    }),
    { numRuns: 200 },
  );
});

describe("for people and spreadsheets", () => {
  const hostile = "=1\u001b[31m\nx";
  const events = [
    ...requestOf("ar-1", [created(11), ...approved(12, 13), expired(13)], { reason: hostile, breakGlass: true }),
    ...connectionOf("c-1", 11),
  ];

  test("text of others cannot break a line", () => {
    const text = reportText(report(events), undefined);
    expect(text.split("\n").filter((line) => line.includes("=1"))).toHaveLength(3);
    expect(text).not.toContain("\u001b");
  });

  test("each row of CSV says what it is, and none is a formula", () => {
    const lines = reportCsv(report(events));
    expect(lines.map((line) => line.split(",", 1)[0])).toEqual(["kind", "access", "policy"]);
    expect(lines[1]).toContain(",'=1\\u{1b}[31m");
  });

  test.each<[sentence: string, text: string, expected: object]>([
    ["a whole input", [...around, ...usual].map((event) => JSON.stringify(event)).join("\n"), { exitCode: 0 }],
    ["an incomplete one", usual.map((event) => JSON.stringify(event)).join("\n"), { exitCode: 65 }],
    ["a line that is no event", '{"items":[]}', { error: "line 1 is not an event" }],
  ])("the command ends by what it reads: %s", async (_, text, expected) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
    try {
      const file = path.join(directory, "trail.jsonl");
      writeFileSync(file, text);
      const { context } = scriptedWorld({ clock: () => new Date(at(20)) });
      const input = { arguments: [file], options: new Options({ from: [at(10)] }), rest: undefined };
      const end = await runReportAccess(context, input).then(
        (exitCode) => ({ exitCode }),
        ({ message }: Error) => ({ error: message }),
      );
      expect(end).toEqual(expected);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test("a line is an event only with all that a report needs", () => {
  const [event] = usual;
  for (const name of ["id", "type", "subject", "time", "data"]) {
    expect(() => parseEvents(JSON.stringify({ ...event, [name]: "x".slice(1) || undefined }))).not.toThrow("internal");
    expect(() => parseEvents(JSON.stringify({ ...event, [name]: 1 }))).toThrow("line 1 is not an event");
  }
  expect(parseEvents(`\n${JSON.stringify(event)}\r\n`)).toEqual([event]);
});
