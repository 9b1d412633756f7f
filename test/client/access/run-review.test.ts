import { describe, expect, test } from "@jest/globals";
import { runReview } from "../../../client/access/run-review.ts";
import { Options } from "../../../client/command/options.ts";
import type { AccessRequest } from "../../../sdk/types.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { activeRequest, requestOf } from "./sample-request.ts";

const hidden = new Error("no such instance");

/** Bob reviews. @param typed what he responses; left out: there is no terminal. */
function reviewing(
  options: Readonly<Record<string, true | readonly string[]>>,
  typed?: readonly string[],
  changes: Partial<AccessRequest> = {},
) {
  const request = requestOf({ reason: "All \u001b[2Jis well", subject: "alice", ...changes });
  const responses = [request, hidden, ...(typed && !options["yes"] ? [request] : []), activeRequest];
  const world = scriptedWorld({ responses, ...(typed && { typed }) });
  const done = runReview(world.context, { arguments: ["ar-0123"], options: new Options(options), rest: undefined });
  return { ...world, done };
}

const names = (calls: readonly { name: string }[]) => calls.map(({ name }) => name);

describe("nothing is said", () => {
  test.each([
    ["to a no", ["n"]],
    ["to Enter alone", [""]],
    ["to anything but a yes", ["yess"]],
    ["at the end of input", []],
  ])("%s", async (_, typed) => {
    const { done, calls } = reviewing({ approve: true }, typed);
    await expect(done).rejects.toMatchObject({ exitCode: 77, message: "not confirmed; the request is unchanged" });
    expect(names(calls)).toEqual(["getAccessRequest", "getInstance"]);
  });
});

describe("the word is given", () => {
  test.each([
    ["after a yes", { approve: true as const }, ["y"]],
    ["after a YES", { approve: true as const }, [" YES "]],
    ["without a question, with --yes", { approve: true as const, yes: true as const }, []],
    ["without a question, without a terminal", { approve: true as const }, undefined],
  ])("%s", async (_, options, typed) => {
    const { done, calls } = reviewing(options, typed);
    expect(await done).toBe(0);
    expect(calls.at(-1)).toEqual({
      name: "reviewAccessRequest",
      input: { id: "ar-0123", decision: "approve" },
    });
  });
});

test("an approval shortens access with --duration", async () => {
  const { done, calls } = reviewing({ approve: true, duration: ["30m"] });
  expect(await done).toBe(0);
  expect(calls.at(-1)?.input).toEqual({ id: "ar-0123", decision: "approve", durationSeconds: 1800 });
});

test("a denial shortens nothing: --duration is a usage error, and nothing is sent", async () => {
  const { done, calls } = reviewing({ deny: true, duration: ["30m"] });
  await expect(done).rejects.toMatchObject({ exitCode: 64, message: "--duration goes with --approve" });
  expect(calls).toEqual([]);
});

test("review says that the person whom it is for has never been seen", async () => {
  const { done, shown } = reviewing({ approve: true }, ["y"], { subject: "grcae", subjectSeen: false });
  await done;
  expect(shown).toContain("note: grcae has never used Latchkey: check that the id is right");
});

test("review shows the request first, and none of its text moves the cursor", async () => {
  const { done, shown } = reviewing({ approve: true, comment: ["Fine"] }, ["y"]);
  await done;
  expect(shown).toEqual([
    "note: alice asks for access to i-0900000000000000d as ec2-user",
    "note: for 1h, from the approval that completes it",
    "note: approvals: 0 of 1",
    "note: pending since 2026-03-01 12:00 UTC, until 2026-03-01 13:00 UTC",
    "note: reason:",
    'note:   | "All \\u{1b}[2Jis well"',
    "ask: Approve this request? [y/N]",
    "out: approved: alice has access to i-0900000000000000d as ec2-user until 2026-03-01 13:05 UTC",
  ]);
});

test("review says when scheduled access is to start, and what the approval means", async () => {
  const planned = { startsAt: "2026-03-01T18:00:00.000Z" };
  const scheduled = requestOf({ ...planned, status: "scheduled", expiresAt: "2026-03-01T19:00:00.000Z" });
  const world = scriptedWorld({ responses: [requestOf(planned), hidden, requestOf(planned), scheduled], typed: ["y"] });
  const input = { arguments: ["ar-0123"], options: new Options({ approve: true }), rest: undefined };
  expect(await runReview(world.context, input)).toBe(0);
  expect(world.shown[1]).toBe("note: for 1h, from 2026-03-01 18:00 UTC, however late it is approved");
  expect(world.shown.at(-1)).toBe(
    "out: approved: alice has access to i-0900000000000000d as ec2-user from 2026-03-01 18:00 UTC until 2026-03-01 19:00 UTC",
  );
});

test("review shows each tag of a scope in lines of its own, and looks for no instance", async () => {
  const scope = { tags: { env: "staging", team: 'web", "env"="dev\u001b[2J' } };
  const asked = requestOf({ scope, instanceId: undefined });
  const world = scriptedWorld({
    responses: [asked, asked, { ...activeRequest, scope, instanceId: undefined }],
    typed: ["y"],
  });
  const input = { arguments: ["ar-0123"], options: new Options({ approve: true }), rest: undefined };
  expect(await runReview(world.context, input)).toBe(0);
  expect(names(world.calls)).toEqual(["getAccessRequest", "getAccessRequest", "reviewAccessRequest"]);
  expect(world.shown.slice(0, 6)).toEqual([
    "note: alice asks for access as ec2-user to every instance that has all of these tags:",
    "note:   | env=staging",
    String.raw`note:   | team="web\", \"env\"=\"dev\u001b[2J"`,
    "note: at each connection policy decides on all tags of the instance, and counts approvals by those who may review there",
    "note: for 1h, from the approval that completes it",
    "note: approvals: 0 of 1",
  ]);
  expect(world.shown.at(-1)).toBe(
    String.raw`out: approved: alice has access to every instance with env=staging, team="web\", \"env\"=\"dev\u001b[2J" as ec2-user until 2026-03-01 13:05 UTC`,
  );
});

test("review asks for one more approval where a suspension has voided one", async () => {
  const by = (reviewer: string) => ({ reviewer, decision: "approve" as const, at: "2026-03-01T12:05:00.000Z" });
  const requirements = { approvals: 2, reason: true };
  const reviewed = requestOf({ requirements, reviews: [by("erin"), by("bob")] });
  const world = scriptedWorld({
    responses: [requestOf({ requirements }), hidden, requestOf({ requirements }), reviewed],
    typed: ["y"],
  });
  const input = { arguments: ["ar-0123"], options: new Options({ approve: true }), rest: undefined };
  expect(await runReview(world.context, input)).toBe(0);
  expect(world.shown.at(-1)).toBe("out: approved: it needs 1 more");
});

test("a yes to a request is none to an extension that was asked for meanwhile", async () => {
  const extension = {
    id: "ex-0123",
    status: "pending",
    requestedBy: "alice",
    durationSeconds: 86_400,
    reason: "More",
    requirements: { approvals: 1, reason: true },
    reviews: [],
    createdAt: "2026-03-01T12:06:00.000Z",
    pendingUntil: "2026-03-01T13:05:00.000Z",
  } as const;
  const world = scriptedWorld({ responses: [requestOf(), hidden, { ...activeRequest, extension }], typed: ["y"] });
  const input = { arguments: ["ar-0123"], options: new Options({ approve: true }), rest: undefined };
  await expect(runReview(world.context, input)).rejects.toMatchObject({
    exitCode: 75,
    message: "more time was asked for meanwhile; nothing is reviewed",
    hint: "look at it again: latchkey review ar-0123 --approve",
  });
  expect(names(world.calls)).not.toContain("reviewAccessRequest");
});
