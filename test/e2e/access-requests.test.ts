import { afterEach, describe, expect, jest, test } from "@jest/globals";
import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { auditEvent } from "../../contract/audit-event.ts";
import { askForAccess, end, makeAccessRequest, readAccessRequest, review } from "../support/access-client.ts";
import { type ApiResponse, askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel } from "../support/tunnel.ts";

// As few as the rest of this file allows.
const callerQuotas = { openRequests: 200, openRequestsPerSubject: 18, denials: 12, pushes: 12 };
const local = useLocalStack({ callerQuotas });
const key = useKeyPair();
const url = () => local.stack.url;

const made = new Set<string>();
/** Requests access, and ends it after the test. */
async function ask(as: string, other: object = {}): Promise<AccessRequestResponse> {
  const request = await makeAccessRequest(url(), as, other);
  made.add(request.id);
  return request;
}
afterEach(async () => {
  for (const id of made) {
    const { status, subject } = await readAccessRequest(url(), "bob", id);
    if (status === "pending" || status === "scheduled") await end(url(), subject, id, "cancel");
    if (status === "active") await end(url(), subject, id, "revoke");
  }
  made.clear();
});

const connect = (as: string, osUser = "ec2-user") =>
  askForConnection(url(), as, fleet.prod1, { publicKey: key.pair.publicKey, osUser });

const inSeconds = (seconds: number) => new Date(local.clock.now().getTime() + seconds * 1000).toISOString();

const busEvents = () => local.stack.bus.events.map(({ detail }) => auditEvent.strict().parse(detail));

const refusal = ({ status, body }: ApiResponse) => ({ status, code: (body as { code?: string }).code });

// Every refusal is in the tests of lambda/access: these show how each kind reaches the caller.
describe("is refused and changes nothing:", () => {
  test.each<[sentence: string, by: string, status: number, code: string]>([
    ["an approval by a guest, who does not see it", "carol", 404, "access-request-not-found"],
    ["an approval of one's own request", "alice", 403, "self-review"],
    ["an approval by another engineer", "dave", 403, "reviewer-not-allowed"],
    ["a second approval by the same reviewer", "bob", 409, "already-reviewed"],
  ])("%s", async (_, by, status, code) => {
    const { id } = await ask("alice", { osUser: "root" });
    await review(url(), "bob", id, "approve");
    const before = await readAccessRequest(url(), "bob", id);
    expect(refusal(await review(url(), by, id, "approve"))).toEqual({ status, code });
    expect(refusal(await end(url(), "alice", id, "revoke"))).toEqual({ status: 409, code: "request-not-active" });
    expect(await readAccessRequest(url(), "bob", id)).toEqual(before);
  });

  test.each<[sentence: string, as: string, other: object, status: number, code: string]>([
    ["an instance that nobody sees", "alice", { instanceId: fleet.vault1 }, 404, "instance-not-found"],
    ["an instance that a guest does not see", "carol", {}, 404, "instance-not-found"],
    ["a machine's own access", "chatbot", {}, 403, "access-denied"],
    ["break-glass for somebody else", "chatbot", { breakGlass: true, subject: "bob" }, 400, "invalid-request"],
    ["break-glass that starts later", "bob", { breakGlass: true, startsAt: inSeconds(3600) }, 400, "invalid-request"],
    ["access that starts in 59 seconds", "alice", { startsAt: inSeconds(59) }, 400, "invalid-request"],
    ["access that starts in 31 days", "alice", { startsAt: inSeconds(31 * 86_400) }, 400, "invalid-request"],
    ["access for longer than a day", "alice", { durationSeconds: 86_401 }, 400, "invalid-request"],
    ["a status of one's own", "alice", { status: "active" }, 400, "invalid-request"],
  ])("%s", async (_, as, other, status, code) => {
    expect(refusal(await askForAccess(url(), as, other))).toEqual({ status, code });
  });

  test.each(["unknown", "ar-0123456789abcdef0123456789abcdef-0123456789ab", "no%20id"])("the id %s", async (id) => {
    expect(refusal(await callApi(url(), { path: `/v1/access-requests/${id}`, as: "bob" }))).toEqual({
      status: 404,
      code: "access-request-not-found",
    });
  });
});

describe("access to production", () => {
  test("that starts later is refused until then, with its start, and cancelled", async () => {
    const { id, startsAt } = await ask("alice", { startsAt: inSeconds(3600) });
    expect(await review(url(), "bob", id, "approve")).toMatchObject({ body: { status: "scheduled", startsAt } });
    expect(await connect("alice")).toMatchObject({
      status: 403,
      body: { code: "approval-required", requirements: { approvals: 1, scheduled: { accessRequestId: id, startsAt } } },
    });
    expect(await end(url(), "alice", id, "cancel")).toMatchObject({ body: { status: "cancelled" } });
  });

  test("is requested, approved, used by ssh, revoked, and then refused", async () => {
    const refused = await connect("alice");
    expect(refused).toMatchObject({
      status: 403,
      body: {
        code: "approval-required",
        requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
      },
    });

    const request = await ask("alice");
    expect(request).toMatchObject({
      status: "pending",
      subject: "alice",
      requestedBy: "alice",
      requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
      reviews: [],
      breakGlass: false,
    });
    expect(refusal(await connect("alice"))).toEqual({ status: 403, code: "approval-required" });

    const approved = await review(url(), "bob", request.id, "approve");
    expect(approved).toMatchObject({ status: 201, body: { status: "active", reviews: [{ reviewer: "bob" }] } });
    const { activatedAt = "", expiresAt = "" } = approved.body as AccessRequestResponse;
    expect(Date.parse(expiresAt) - Date.parse(activatedAt)).toBe(3_600_000);

    const connection = await makeConnection(url(), "alice", fleet.prod1, {
      publicKey: key.pair.publicKey,
      maxTunnelSeconds: 3600,
    });
    expect(connection).toMatchObject({ accessRequestId: request.id, accessExpiresAt: expiresAt, user: "ec2-user" });
    const left = (Date.parse(expiresAt) - Date.parse(connection.serverTime)) / 1000;
    expect(connection.tunnel?.maxDurationSeconds).toBeLessThanOrEqual(Math.ceil(left));
    const login = await runSsh(connection, key.pair, "echo in", throughTunnel(connection.tunnel?.url ?? ""));
    expect(login).toMatchObject({ code: 0, stdout: "in\n" });

    const revoked = await end(url(), "alice", request.id, "revoke");
    expect(revoked).toMatchObject({ status: 200, body: { status: "revoked" } });
    const { noPushesAfter = "", updatedAt } = revoked.body as AccessRequestResponse;
    // Five seconds, rounded up to whole five.
    expect(Date.parse(noPushesAfter) - Date.parse(updatedAt)).toBeLessThanOrEqual(10_000);
    expect(refusal(await connect("alice"))).toEqual({ status: 403, code: "approval-required" });
  });

  test("as root needs two reviewers", async () => {
    const request = await ask("alice", { osUser: "root" });
    expect(request.requirements.approvals).toBe(2);
    expect((await review(url(), "bob", request.id, "approve")).body).toMatchObject({ status: "pending" });
    expect((await connect("alice", "root")).body).toMatchObject({
      code: "approval-required",
      requirements: { approvals: 2 },
    });
    expect((await review(url(), "erin", request.id, "approve")).body).toMatchObject({ status: "active" });
    expect((await connect("alice", "root")).status).toBe(201);
  });

  test("is for its subject and OS user only", async () => {
    const request = await ask("alice");
    await review(url(), "bob", request.id, "approve");
    expect(refusal(await connect("dave"))).toEqual({ status: 403, code: "approval-required" });
    expect(refusal(await connect("bob"))).toEqual({ status: 403, code: "approval-required" });
    expect(refusal(await connect("alice", "root"))).toEqual({ status: 403, code: "approval-required" });
    expect((await connect("alice")).status).toBe(201);
  });

  test("requested by a bot is for its subject only", async () => {
    const request = await ask("chatbot", { subject: "alice" });
    expect(request).toMatchObject({ status: "pending", subject: "alice", requestedBy: "111122223333/ChatBot" });
    await review(url(), "bob", request.id, "approve");
    expect(refusal(await connect("chatbot"))).toEqual({ status: 403, code: "access-denied" });
    expect((await connect("alice")).status).toBe(201);
  });

  test("by break-glass is active at once, and is marked", async () => {
    const request = await ask("bob", { breakGlass: true });
    expect(request).toMatchObject({ status: "active", breakGlass: true, requirements: { approvals: 0 } });
    expect((await connect("bob")).status).toBe(201);
    await local.stack.settled();
    const events = busEvents().filter(({ data }) => data.accessRequestId === request.id);
    expect(events.map(({ type }) => type)).toEqual([
      "latchkey.access-request.created",
      "latchkey.access-request.activated",
      "latchkey.break-glass.used",
      "latchkey.connection.intended",
      "latchkey.connection.pushed",
    ]);
    expect(events.filter(({ data }) => data["breakGlass"] !== true)).toEqual([]);
  });

  test("by break-glass does not wait behind a pending request", async () => {
    const pending = await ask("bob");
    const request = await ask("bob", { breakGlass: true });
    expect(request).toMatchObject({ status: "active" });
    expect(request.id).not.toBe(pending.id);
    expect(await readAccessRequest(url(), "bob", pending.id)).toMatchObject({ status: "cancelled" });
  });

  test("requested again returns the open request", async () => {
    const first = await ask("alice");
    const second = await ask("alice", { durationSeconds: 60, reason: "Again" });
    expect(second).toEqual({ ...first, isPreexisting: true });
    await end(url(), "alice", first.id, "cancel");
    const third = await ask("alice");
    expect(third.id).not.toBe(first.id);
    expect(third).not.toHaveProperty("isPreexisting");
  });

  test("expires by itself", async () => {
    const { id } = await ask("alice", { durationSeconds: 1 });
    await review(url(), "bob", id, "approve");
    const over = await callApi(url(), { path: `/v1/access-requests/${id}?wait=5`, as: "alice" });
    expect(over.body).toMatchObject({ status: "expired" });
    expect(refusal(await connect("alice"))).toEqual({ status: 403, code: "approval-required" });
    await local.stack.sweep();
    await local.stack.settled();
    const ended = busEvents()
      .filter(({ subject }) => subject === `access-requests/${id}`)
      .at(-1);
    expect(ended).toMatchObject({ type: "latchkey.access-request.expired", data: { actor: "latchkey" } });
  });
});

test("access to development needs no approval, and is active at once", async () => {
  expect(await ask("alice", { instanceId: fleet.web1 })).toMatchObject({
    status: "active",
    requirements: { approvals: 0 },
  });
});

test("a waiting read of a request returns when the request changes", async () => {
  const { id } = await ask("alice");
  const read = Promise.withResolvers<void>();
  const { log } = local.stack;
  const add = jest.spyOn(log, "add").mockImplementation((call) => {
    log.calls.push(call);
    if (call.role === "wait" && call.service === "dynamodb") read.resolve();
  });
  const waiting = callApi(url(), { path: `/v1/access-requests/${id}?wait=25`, as: "alice" });
  await read.promise;
  add.mockRestore();
  await review(url(), "bob", id, "approve");
  expect((await waiting).body).toMatchObject({ status: "active" });
});

describe("lists of access requests", () => {
  const list = async (as: string, query = "") => {
    const { status, body } = await callApi(url(), { path: `/v1/access-requests${query}`, as });
    expect(status).toBe(200);
    return (body as { items: AccessRequestResponse[] }).items.map(({ id }) => id);
  };

  test("a guest sees none; a reviewer finds a request that waits for them until they have reviewed it", async () => {
    const { id } = await ask("alice", { osUser: "root" });
    expect(await list("carol")).toEqual([]);
    expect(await list("bob", "?reviewable=true")).toEqual([id]);
    expect(await list("alice", "?reviewable=true")).toEqual([]);
    expect(await list("dave", "?reviewable=true")).toEqual([]);
    expect(await list("dave", `?subject=alice&status=pending&instanceId=${fleet.prod1}`)).toEqual([id]);
    await review(url(), "bob", id, "approve");
    expect(await list("bob", "?reviewable=true")).toEqual([]);
    expect(await list("erin", "?reviewable=true")).toEqual([id]);
  });
});

describe("a caller who has taken all that one caller may", () => {
  // The caller is erin, who only reviews elsewhere in this file.
  const connectTo = (instanceId: string) =>
    askForConnection(url(), "erin", instanceId, { publicKey: key.pair.publicKey, osUser: "ec2-user" });
  const recorded = () =>
    local.stack.records.filter(({ newImage }) => /^(?:access|connection|denial)#/.test(String(newImage["pk"]))).length;

  /** Everything that no quota holds back. */
  async function expectNothingHeldBack() {
    const others = await ask("alice");
    expect((await review(url(), "erin", others.id, "approve")).body).toMatchObject({ status: "active" });
    const own = await ask("erin", { breakGlass: true });
    expect((await connectTo(fleet.prod1)).body).toMatchObject({ accessRequestId: own.id });
    expect((await end(url(), "erin", own.id, "revoke")).body).toMatchObject({ status: "revoked" });
  }

  test.each([
    ["denials", fleet.absent],
    ["pushes", fleet.web1],
  ])("gets 429 with the limit %s and Retry-After, and nothing is recorded", async (limit, instanceId) => {
    let before = recorded();
    let response = await connectTo(instanceId);
    // Twice the quota: its window may end meanwhile.
    for (let asked = 1; response.status !== 429 && asked <= 2 * callerQuotas.pushes; asked++) {
      before = recorded();
      response = await connectTo(instanceId);
    }
    expect(response).toMatchObject({ status: 429, body: { code: "throttled", limit } });
    expect(recorded()).toBe(before);
    const seconds = Number(response.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(600);
    await expectNothingHeldBack();
  });

  test("who asks and cancels again and again gets 429 with the limit open-requests-per-subject, and nothing is recorded", async () => {
    let before = recorded();
    let response = await askForAccess(url(), "erin");
    // Twice the quota: a place is free again after a minute.
    for (let asked = 1; response.status !== 429 && asked <= 2 * callerQuotas.openRequestsPerSubject; asked++) {
      const { id } = response.body as AccessRequestResponse;
      expect((await end(url(), "erin", id, "cancel")).body).toMatchObject({ status: "cancelled" });
      before = recorded();
      response = await askForAccess(url(), "erin");
    }
    expect(response).toMatchObject({ status: 429, body: { code: "throttled", limit: "open-requests-per-subject" } });
    expect(recorded()).toBe(before);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    await expectNothingHeldBack();
  });
});
