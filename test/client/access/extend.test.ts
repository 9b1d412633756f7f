import { describe, expect, test } from "@jest/globals";
import { noteAccessEnd, offerExtension } from "../../../client/access/offer-extension.ts";
import { runExtend } from "../../../client/access/run-extend.ts";
import { Options } from "../../../client/command/options.ts";
import type { AccessRequest, Connection } from "../../../sdk/types.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { activeRequest } from "./sample-request.ts";

const pending: NonNullable<AccessRequest["extension"]> = {
  id: "ex-0123456789ab",
  status: "pending",
  requestedBy: "alice",
  durationSeconds: 1800,
  reason: "It is slow",
  requirements: { approvals: 1, reason: true },
  reviews: [],
  createdAt: "2026-03-01T13:00:00.000Z",
  pendingUntil: "2026-03-01T13:05:00.000Z",
};
const extending: AccessRequest = { ...activeRequest, extension: pending };
const extended: AccessRequest = {
  ...extending,
  expiresAt: "2026-03-01T13:35:00.000Z",
  extension: { ...pending, status: "approved" },
};

describe("latchkey extend", () => {
  const run = (options: Readonly<Record<string, true | readonly string[]>>, responses: readonly unknown[]) => {
    const world = scriptedWorld({ responses });
    const input = { arguments: ["ar-0123"], options: new Options(options), rest: undefined };
    return { ...world, done: runExtend(world.context, input) };
  };

  test("without a reason is a usage error, and nothing is sent", async () => {
    const { done, calls } = run({}, []);
    await expect(done).rejects.toMatchObject({ exitCode: 64 });
    expect(calls).toEqual([]);
  });

  test("tells the command for reviewers, and the end of access as it is", async () => {
    const { done, shown, calls } = run({ reason: ["It is slow"], duration: ["30m"] }, [extending]);
    expect(await done).toBe(0);
    expect(calls).toEqual([
      { name: "extendAccessRequest", input: { id: "ar-0123", durationSeconds: 1800, reason: "It is slow" } },
    ]);
    expect(shown).toEqual([
      "note: the extension needs 1 approval until 2026-03-01 13:05 UTC; a reviewer runs:",
      expect.stringMatching(/^note: +latchkey .*review ar-0123 --approve$/),
      "out: 2026-03-01 13:05 UTC",
    ]);
  });

  test.each<[string, AccessRequest, object]>([
    ["denied", { ...extending, extension: { ...pending, status: "denied" } }, { exitCode: 77 }],
    ["expired", { ...extending, extension: { ...pending, status: "expired" } }, { exitCode: 75 }],
  ])("with --wait fails if it is %s", async (_, last, failure) => {
    const { done } = run({ reason: ["It is slow"], wait: true }, [extending, last]);
    await expect(done).rejects.toMatchObject(failure);
  });

  test("with --wait waits for the approval", async () => {
    const { done, shown } = run({ reason: ["It is slow"], wait: true }, [extending, extended]);
    expect(await done).toBe(0);
    expect(shown).toContain("note: access is extended until 2026-03-01 13:35 UTC");
  });
});

describe("an extension is offered after a session", () => {
  const connection: Connection = {
    ...sampleResponses.createConnection,
    accessRequestId: "ar-0123",
    accessExpiresAt: activeRequest.expiresAt,
  };
  const at = (time: string) => () => new Date(time);
  const soon = at("2026-03-01T12:55:00.000Z");

  test.each([
    ["more than ten minutes before the end", { clock: at("2026-03-01T12:54:59.999Z"), typed: ["y"] }],
    ["after the end", { clock: at("2026-03-01T13:05:00.000Z"), typed: ["y"] }],
    ["without a terminal", { clock: soon }],
  ])("not %s", async (_, script) => {
    const { context, shown, calls } = scriptedWorld(script);
    noteAccessEnd(context, connection);
    await offerExtension(context, connection);
    expect([shown, calls]).toEqual([[], []]);
  });

  test.each<[string, Partial<AccessRequest>]>([
    ["for access by break-glass", { breakGlass: true }],
    ["while another is pending", { extension: pending }],
    ["after a revoke", { status: "revoked" }],
    ["after somebody has extended it", { expiresAt: "2026-03-01T14:05:00.000Z" }],
  ])("not %s", async (_, changes) => {
    const { context, shown } = scriptedWorld({
      responses: [{ ...activeRequest, ...changes }],
      typed: ["y"],
      clock: soon,
    });
    await offerExtension(context, connection);
    expect(shown).toEqual([]);
  });

  test("ten minutes before the end: a yes asks for it, with a reason and a duration", async () => {
    const { context, shown, calls } = scriptedWorld({
      responses: [activeRequest, extending],
      typed: ["y", "It is slow", "30m"],
      clock: soon,
    });
    noteAccessEnd(context, connection);
    expect(shown).toEqual([
      expect.stringMatching(/^note: access ends at 2026-03-01 13:05 UTC; .*latchkey .*extend ar-0123/),
    ]);
    await offerExtension(context, connection);
    expect(calls.at(-1)).toEqual({
      name: "extendAccessRequest",
      input: { id: "ar-0123", durationSeconds: 1800, reason: "It is slow" },
    });
  });

  test.each([
    ["a no", ["n"]],
    ["Enter alone", [""]],
    ["no reason", ["y", ""]],
  ])("%s asks for nothing", async (_, typed) => {
    const { context, calls } = scriptedWorld({ responses: [activeRequest], typed, clock: soon });
    await offerExtension(context, connection);
    expect(calls.map(({ name }) => name)).toEqual(["getAccessRequest"]);
  });

  test("a fault of the API is told, and ends nothing", async () => {
    const { context, shown } = scriptedWorld({ responses: [new Error("no network")], typed: [], clock: soon });
    await offerExtension(context, connection);
    expect(shown).toEqual(["note: access is not extended: no network"]);
  });
});
