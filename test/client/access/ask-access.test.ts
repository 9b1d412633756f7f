import { describe, expect, test } from "@jest/globals";
import { type AccessNeeded, askForAccess } from "../../../client/access/ask-access.ts";
import { requestAccess } from "../../../client/access/request-access.ts";
import { runRequest } from "../../../client/access/run-request.ts";
import { Options } from "../../../client/command/options.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { activeRequest, requestOf } from "./sample-request.ts";

const requested: AccessNeeded = {
  key: { instanceId: "i-0900000000000000d", accountId: "444455556666", region: "eu-west-1" },
  instanceName: "prod-1",
  osUser: "ec2-user",
  requirements: { approvals: 1, reason: true },
};

const asked = (input: unknown) => expect.objectContaining({ name: "createAccessRequest", input });

describe("nothing is asked for", () => {
  test.each([
    ["when the user just presses Enter", [""]],
    ["at the end of input", []],
    ["at the end of input, where a duration is asked for", ["The disk is full"]],
  ])("%s", async (_, typed) => {
    const { context, calls } = scriptedWorld({ typed });
    await expect(askForAccess(context, requested)).rejects.toMatchObject({
      exitCode: 77,
      message: "nothing was asked for",
    });
    expect(calls).toEqual([]);
  });
});

test("does not ask for what nobody can approve", async () => {
  const { context, calls } = scriptedWorld({ typed: ["The disk is full", ""] });
  const hopeless = { ...requested, requirements: { approvals: 1, reason: true, reviewers: [] } };
  await expect(askForAccess(context, hopeless)).rejects.toMatchObject({ message: "policy lets nobody approve it" });
  expect(calls).toEqual([]);
});

test.each([
  ["a group", [{ kind: "group", name: "OnCall" }], "anyone in OnCall"],
  ["a person", [{ kind: "person", name: "bob" }], "bob"],
  ["anybody", [{ kind: "person", name: "*" }], "anyone"],
  [
    "an integration beside a person",
    [
      { kind: "person", name: "bob" },
      { kind: "integration", name: "pager" },
    ],
    "bob, integration pager",
  ],
  ["what a later version knows, made visible", [{ kind: "robot", name: "\u001b" }], "robot \\u{1b}"],
])("says who can approve: %s", async (_, reviewers, words) => {
  const pending = requestOf();
  const { context, shown } = scriptedWorld({
    typed: ["The disk is full", "30m"],
    responses: [{ ...pending, requirements: { ...pending.requirements, reviewers } }, activeRequest],
    clock: () => new Date("2026-03-01T12:00:00.000Z"),
  });
  await askForAccess(context, requested);
  expect(shown).toContain(`note: who can approve: ${words}`);
});

test("says what is needed, asks why and for how long, and tells reviewers' very command", async () => {
  const { context, shown, calls } = scriptedWorld({
    typed: [" The disk is full ", "30m"],
    responses: [requestOf(), activeRequest],
    clock: () => new Date("2026-03-01T12:00:00.000Z"),
  });
  expect(await askForAccess(context, requested)).toEqual(activeRequest);
  expect(shown).toEqual([
    "note: prod-1 as ec2-user needs 1 approval and a reason",
    "ask: Why do you need access? (Enter: not now)",
    "ask: For how long? [1h]",
    "note: the request needs 1 approval until 2026-03-01 13:00 UTC; a reviewer runs:",
    "note:   latchkey review ar-0123 --approve",
    "progress: Waiting for 1 approval (0s; expires in 1h)",
    "note: access is given",
  ]);
  const { key, osUser } = requested;
  expect(calls[0]).toEqual(asked({ ...key, osUser, reason: "The disk is full", durationSeconds: 1800 }));
});

test("says first that access by tags lacks an approval, and asks all the same", async () => {
  const requirements = { approvals: 2, reason: true, accessRequestId: "ar-0123\u001b[2J" };
  const { context, shown } = scriptedWorld({ typed: [""] });
  await expect(askForAccess(context, { ...requested, requirements })).rejects.toMatchObject({ exitCode: 77 });
  expect(shown).toEqual([
    "note: prod-1 as ec2-user needs 2 approvals and a reason",
    "note: access request ar-0123\\u{1b}[2J covers it with a further approval; a reviewer runs:",
    "note:   latchkey review 'ar-0123\\u{1b}[2J' --approve",
    "ask: Why do you need access? (Enter: not now)",
  ]);
});

test("says first from when scheduled access counts, and asks all the same", async () => {
  const scheduled = { accessRequestId: "ar-0123", startsAt: "2026-03-01T18:00:00.000Z" };
  const { context, shown } = scriptedWorld({ typed: [""] });
  const requirements = { approvals: 1, reason: true, scheduled };
  await expect(askForAccess(context, { ...requested, requirements })).rejects.toMatchObject({ exitCode: 77 });
  expect(shown[1]).toBe("note: access request ar-0123 covers it from 2026-03-01 18:00 UTC on");
});

describe("latchkey request --starts-at", () => {
  const planned = requestOf({ startsAt: "2026-03-01T18:00:00.000Z" });
  const scheduled = { ...planned, status: "scheduled", expiresAt: "2026-03-01T19:00:00.000Z" };
  const request = (startsAt: string, options: object, responses: readonly unknown[]) => {
    const world = scriptedWorld({ responses, clock: () => new Date("2026-03-01T12:00:00.000Z") });
    const words = { tag: ["env=prod"], "os-user": ["ec2-user"], reason: ["The disk is full"], "starts-at": [startsAt] };
    const input = { arguments: [], options: new Options({ ...words, ...options }), rest: undefined };
    return { ...world, done: runRequest(world.context, input) };
  };

  test("asks for a moment, says it, and with --wait returns once it is approved", async () => {
    const { done, shown, calls } = request("+6h", { wait: true }, [planned, scheduled]);
    expect(await done).toBe(0);
    expect(calls[0]).toEqual(asked(expect.objectContaining({ startsAt: "2026-03-01T18:00:00.000Z" })));
    expect(shown).toEqual([
      "note: access is to start at 2026-03-01 18:00 UTC",
      "note: the request needs 1 approval until 2026-03-01 13:00 UTC; a reviewer runs:",
      expect.stringContaining("review ar-0123 --approve"),
      expect.stringMatching(/^progress: Waiting for 1 approval/),
      "note: access starts at 2026-03-01 18:00 UTC, and ends at 2026-03-01 19:00 UTC",
      "out: ar-0123",
    ]);
  });

  test("says from when until when, if no approval is needed", async () => {
    const { done, shown } = request("2026-03-01T18:00Z", {}, [scheduled]);
    expect(await done).toBe(0);
    expect(shown[0]).toBe("note: access starts at 2026-03-01 18:00 UTC, and ends at 2026-03-01 19:00 UTC");
  });

  test("sends nothing for a time that could be two", async () => {
    const { done, calls } = request("2026-03-01 18:00", {}, []);
    await expect(done).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining("2026-03-01T18:00Z") });
    expect(calls).toEqual([]);
  });
});

test("asks again for what cannot be sent", async () => {
  const { context, shown } = scriptedWorld({
    typed: ["a\u0007b", "x".repeat(501), "Why not", "soon", ""],
    responses: [activeRequest],
  });
  await askForAccess(context, requested);
  expect(shown.filter((line) => /^note: (?:a|use) /.test(line))).toEqual([
    "note: a reason is one line of at most 500 characters, with something to read in it",
    "note: a reason is one line of at most 500 characters, with something to read in it",
    "note: use 1h, 30m, 1h30m or seconds (max 24h)",
  ]);
});

test("asks again for a reason that policy would refuse, and says what it lacks", async () => {
  const { context, shown } = scriptedWorld({
    typed: ["INC-1", "The disk is full", "INC-1: the disk is full", ""],
    responses: [activeRequest],
  });
  const requirements = { approvals: 1, reason: true, minReasonLength: 10, reasonPatterns: ["INC-[0-9]+"] };
  await askForAccess(context, { ...requested, requirements });
  expect(shown.filter((line) => /^note: (?:prod|policy)/.test(line))).toEqual([
    "note: prod-1 as ec2-user needs 1 approval and a reason with at least 10 characters and text that matches INC-[0-9]+",
    "note: policy requires at least 10 characters in the reason",
    "note: policy requires text that matches INC-[0-9]+ in the reason",
  ]);
});

test("asks nothing that the command line has said", async () => {
  const { context, shown, calls } = scriptedWorld({ typed: [], responses: [activeRequest] });
  await askForAccess(context, { ...requested, reason: "The disk is full", durationSeconds: 60 });
  expect(shown.filter((line) => line.startsWith("ask:"))).toEqual([]);
  expect(calls[0]).toEqual(
    asked({ ...requested.key, osUser: "ec2-user", reason: "The disk is full", durationSeconds: 60 }),
  );
});

test("says that the person whom it is for has never been seen", async () => {
  const { context, shown } = scriptedWorld({ responses: [requestOf({ subject: "grcae", subjectSeen: false })] });
  await requestAccess(context, { ...requested.key, osUser: "root", durationSeconds: 60, reason: "x" });
  expect(shown[0]).toBe("note: grcae has never used Latchkey: check that the id is right");
});

test("says that it was asked for before", async () => {
  const responses = [requestOf({ isPreexisting: true }), activeRequest];
  const { context, shown } = scriptedWorld({ typed: ["Again", ""], responses });
  await askForAccess(context, requested);
  expect(shown).toContain("note: this was asked for already at 2026-03-01 12:00 UTC: that request holds");
});
