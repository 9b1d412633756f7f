import { describe, expect, test } from "@jest/globals";
import type { AccessRequest } from "../../../../lambda/access/access-request.ts";
import { accessTargetIdOf } from "../../../../lambda/access/access-target.ts";
import type { Change, Creation } from "../../../../lambda/access/change.ts";
import { reserveAccess } from "../../../../lambda/access/reserve-access.ts";
import { cancel, create, expire, review, revoke } from "../../../../lambda/access/transitions.ts";
import { accessStore, reservationStore } from "../../../../lambda/aws/dynamodb/access-table.ts";
import { currentAccessKey, endedAccessKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { indexKey } from "../../../../lambda/lists/index-key.ts";
import { act, createdAt, later, taken } from "../../../support/access-requests.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { targetOf } from "../../../support/fake-access-table.ts";
import { place } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";

const table = useEmbeddedTable();
const store = accessStore(boundTable);
const { signal } = new AbortController();

let targets = 0;
const newTarget = () => ({
  subject: `alice-${++targets}`,
  ...place,
  instanceId: "i-0900000000000000d",
  osUser: "root",
});
type AccessTarget = ReturnType<typeof newTarget>;

let ids = 0;
function creationIn(of: AccessTarget | AccessRequest, approvals = 2, requestId = "request-1"): Creation {
  const accessTarget = "scope" in of ? targetOf(of) : of;
  const id = `ar-${accessTargetIdOf(accessTarget)}-${String(++ids).padStart(12, "0")}`;
  const { subject, osUser, ...scope } = accessTarget;
  const requested = {
    ...{ id, subject, scope, osUser },
    durationSeconds: 3600,
    reason: "INC-42",
    breakGlass: false,
    pendingTimeoutSeconds: 1800,
  };
  return create({ ...requested, requirements: { approvals, reason: true } }, act("chatbot", createdAt, { requestId }));
}

const approve = { decision: "approve", isPermitted: true } as const;
const reviewOf = (request: AccessRequest, reviewer: string, at = later(60)) =>
  taken(review(request, approve, act(reviewer, at)));
const revokeOf = (request: AccessRequest, requestId = "request-of-revoke", at = later(120)) =>
  taken(revoke(request, { isPermitted: true }, act("dave", at, { requestId })));

async function made(approvals?: number): Promise<AccessRequest> {
  const creation = creationIn(newTarget(), approvals);
  expect(await store.create(creation, undefined, signal)).toBe(true);
  return creation.next;
}
const currentOf = (of: AccessTarget | AccessRequest) =>
  table.stored(currentAccessKey(accessTargetIdOf("scope" in of ? targetOf(of) : of)));

async function changed(change: Change): Promise<AccessRequest> {
  const stored = await store.change(change, signal);
  if (!stored) throw new Error("The condition did not hold");
  return stored;
}

describe("a creation is refused, and writes nothing,", () => {
  test("if another request is open", async () => {
    const open = await made();
    expect(await store.create(creationIn(open), undefined, signal)).toBe(false);
    expect(await currentOf(open)).toMatchObject({ id: open.id });
  });

  test("if the access target no longer has the request that ended", async () => {
    const first = await changed(taken(cancel(await made(), undefined, act("chatbot"))));
    const second = creationIn(first);
    expect(await store.create(second, first, signal)).toBe(true);
    expect(await store.create(creationIn(first), first, signal)).toBe(false);
    expect(await currentOf(first)).toMatchObject({ id: second.next.id });
  });

  test("if the access target has had another request since, which would be lost", async () => {
    const first = await changed(taken(cancel(await made(), undefined, act("chatbot"))));
    const creation = creationIn(first);
    expect(await store.create(creation, first, signal)).toBe(true);
    const second = await changed(taken(cancel(creation.next, undefined, act("chatbot"))));
    expect(await store.create(creationIn(first), first, signal)).toBe(false);
    expect(await store.read(second.id, signal)).toEqual(second);
  });

  test.each([
    ["pending", 2],
    ["active", 0],
  ])("if the one that is said to have ended is %s", async (status, approvals) => {
    const open = await made(approvals);
    const ended = { ...open, status: "cancelled" } as const;
    expect(await store.create(creationIn(open), ended, signal)).toBe(false);
    expect(await currentOf(open)).toMatchObject({ id: open.id, status });
  });
});

describe("a creation", () => {
  test("makes one request if ten run at once", async () => {
    const accessTarget = newTarget();
    const creations = Array.from({ length: 10 }, (_, index) => creationIn(accessTarget, 2, `request-${index}`));
    const written = await Promise.all(creations.map((creation) => store.create(creation, undefined, signal)));
    const won = creations.filter((_, index) => written[index]);
    expect(won.map(({ next }) => next.id)).toEqual([(await currentOf(accessTarget))?.["id"]]);
  });

  test("succeeds even if its response is lost", async () => {
    table.service.respond(table.appliedThenLost);
    const creation = creationIn(newTarget());
    expect(await store.create(creation, undefined, signal)).toBe(true);
    expect(table.service.requests).toHaveLength(2);
    expect(await store.read(creation.next.id, signal)).toEqual(creation.next);
  });

  test("is one item with its events, its index keys and its due time", async () => {
    const { id, ...rest } = await made();
    const { subject } = rest;
    expect(await currentOf({ ...rest, id } as AccessRequest)).toMatchObject({
      id,
      status: "pending",
      sequence: 1,
      reviewers: [],
      events: [{ id: `${id}-1`, type: "latchkey.access-request.created" }],
      listed: "access-request",
      listedAt: indexKey(createdAt.toISOString(), id),
      due: "expiry",
      dueAt: later(1800).toISOString(),
      listedAs: "pending",
      listedFor: `open/${subject}`,
      listedBy: "open/chatbot",
      listedOn: "open/i-0900000000000000d",
    });
  });

  test("keeps the request that has ended, to be read by its id", async () => {
    const ended = await changed(taken(cancel(await made(), undefined, act("chatbot"))));
    const before = await currentOf(ended);
    const next = creationIn(ended);
    expect(await store.create(next, ended, signal)).toBe(true);

    expect(await store.read(ended.id, signal)).toEqual(ended);
    expect(await store.read(next.next.id, signal)).toEqual(next.next);
    const { events: _, sk: _current, ...kept } = before ?? {};
    expect(await table.stored(endedAccessKey(accessTargetIdOf(targetOf(ended)), ended.id))).toEqual({
      ...kept,
      sk: `ended#${ended.id}`,
    });
  });

  test("that crashed between its two writes is completed", async () => {
    const ended = await changed(taken(cancel(await made(), undefined, act("chatbot"))));
    table.service.respond(table.applied, jsonError("ValidationException", 400));
    await expect(store.create(creationIn(ended), ended, signal)).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await store.read(ended.id, signal)).toEqual(ended);
    expect(await store.create(creationIn(ended), ended, signal)).toBe(true);
    expect(await store.read(ended.id, signal)).toEqual(ended);
  });
});

describe("a change is refused, and writes nothing,", () => {
  /** Makes a state, then a change that only a fault could let through. */
  test.each<[string, () => Promise<Change>]>([
    [
      "that another request has already written",
      async () => {
        const request = await made(0);
        await changed(revokeOf(request, "request-a"));
        return revokeOf(request, "request-b");
      },
    ],
    [
      "that follows a state which another has followed, with an event of the same id",
      async () => {
        const request = await made(3);
        await changed(reviewOf(request, "bob"));
        return reviewOf(request, "erin");
      },
    ],
    [
      "whose event differs from the last one in its type only",
      async () => {
        const request = await made();
        await changed(taken(cancel(request, undefined, act("chatbot"))));
        return taken(review(request, approve, act("bob", later(60), { requestId: "request-of-chatbot" })));
      },
    ],
    [
      "that skips a number",
      async () => {
        const request = await made();
        return reviewOf({ ...request, sequence: 2 }, "bob");
      },
    ],
    [
      "of an archived request",
      async () => {
        const request = await made();
        const ended = await changed(taken(cancel(request, undefined, act("chatbot"))));
        await store.create(creationIn(ended), ended, signal);
        return reviewOf(request, "bob");
      },
    ],
    ["of a request that does not exist", async () => reviewOf(creationIn(newTarget()).next, "bob")],
    [
      "that reviews a request that is no longer pending",
      async () => {
        const request = await made();
        await changed(taken(cancel(request, undefined, act("chatbot"))));
        return reviewOf({ ...request, sequence: 2 }, "bob");
      },
    ],
    [
      "by the subject as reviewer",
      async () => {
        const request = await made();
        return { ...reviewOf(request, "bob"), reviewer: request.subject };
      },
    ],
    ["by the requesting bot as reviewer", async () => ({ ...reviewOf(await made(), "bob"), reviewer: "chatbot" })],
    [
      "by the same reviewer again",
      async () => {
        const request = await changed(reviewOf(await made(3), "bob"));
        return { ...reviewOf(request, "erin"), reviewer: "bob" };
      },
    ],
    [
      "by one of several reviewers again",
      async () => {
        const request = await changed(reviewOf(await changed(reviewOf(await made(5), "bob")), "erin"));
        return { ...reviewOf(request, "dave"), reviewer: "erin" };
      },
    ],
    ["that reviews at the time-out", async () => ({ ...reviewOf(await made(), "bob"), at: later(1800) })],
    [
      "that cancels at the time-out",
      async () => {
        const cancelled = taken(cancel(await made(), undefined, act("chatbot")));
        return { ...cancelled, at: later(1800) };
      },
    ],
    ["that revokes at the expiry", async () => ({ ...revokeOf(await made(0)), at: later(3600) })],
    [
      "that lets a request expire a millisecond too early",
      async () => {
        const expired = expire(await made(), later(1800), "run-1");
        if (!expired) throw new Error("It has expired");
        return { ...expired, at: later(1799.999) };
      },
    ],
    [
      "that lets access expire a millisecond too early",
      async () => {
        const expired = expire(await made(0), later(3600), "run-1");
        if (!expired) throw new Error("It has expired");
        return { ...expired, at: later(3599.999) };
      },
    ],
  ])("%s", async (_, make) => {
    const change = await make();
    const before = await currentOf(change.before);
    expect(await store.change(change, signal)).toBeUndefined();
    expect(await currentOf(change.before)).toEqual(before);
  });
});

describe("a change", () => {
  test.each<[string, () => Promise<Change>]>([
    ["a review", async () => reviewOf(await made(), "bob")],
    ["an approval that completes", async () => reviewOf(await made(1), "bob")],
    ["a denial", async () => taken(review(await made(), { ...approve, decision: "deny" }, act("bob")))],
    ["a cancellation", async () => taken(cancel(await made(), undefined, act("chatbot")))],
    ["a revoke", async () => revokeOf(await made(0))],
    ["an expiry at its exact time", async () => expire(await made(), later(1800), "run-1") as Change],
  ])("is stored as it was decided, even if its response is lost: %s", async (_, make) => {
    const change = await make();
    const already = table.service.requests.length;
    table.service.respond(table.appliedThenLost);
    // Without a connection, no push starts after the revoke.
    const stored = { ...change.next, ...(change.before.status === "active" && { pushBy: change.next.endedAt }) };
    expect(await store.change(change, signal)).toEqual(stored);
    expect(table.service.requests).toHaveLength(already + 2);
    expect(await store.read(change.next.id, signal)).toEqual(stored);
    expect(await currentOf(change.next)).toMatchObject({
      events: change.events,
      reviewers: change.next.reviews.map(({ reviewer }) => reviewer),
    });
  });

  test("and a reservation return only what they have set: IAM refuses attributes that the role may not name", async () => {
    const request = await made(0);
    await reserveAccess(reservationStore(boundTable), { request, pushBy: later(5), now: later(1) }, signal);
    await changed(revokeOf(request));
    const updates = table.service.requests.map(({ body }) => JSON.parse(body)).filter((body) => body.UpdateExpression);
    expect(updates.map(({ ReturnValues }) => ReturnValues)).toEqual(["UPDATED_NEW", "UPDATED_NEW"]);
  });

  test("has a due time only while the request is open", async () => {
    const active = await changed(reviewOf(await made(1), "bob"));
    expect(await currentOf(active)).toMatchObject({ due: "expiry", dueAt: active.expiresAt });
    const revoked = await currentOf(await changed(revokeOf(active)));
    expect(revoked).toMatchObject({ status: "revoked" });
    expect(revoked).not.toHaveProperty("due");
    expect(revoked).not.toHaveProperty("dueAt");
  });

  test.each([2, 3, 5])("of %d concurrent approvals makes the request active once", async (approvals) => {
    const request = await made(approvals);
    const reviewers = Array.from({ length: approvals + 1 }, (_, index) => `reviewer-${index}`);
    const activations = await Promise.all(
      reviewers.map(async (reviewer) => {
        for (
          let current: AccessRequest | undefined = request;
          current;
          current = await store.read(request.id, signal)
        ) {
          const outcome = review(current, approve, act(reviewer));
          if ("rejection" in outcome) return outcome.rejection;
          const stored = await store.change(outcome, signal);
          if (stored) return stored.status;
        }
        return "gone";
      }),
    );
    expect(activations.toSorted()).toEqual(["active", ...Array(approvals - 1).fill("pending"), "request-not-pending"]);
    const stored = await store.read(request.id, signal);
    expect(stored).toMatchObject({ status: "active", sequence: approvals + 2 });
    expect(new Set(stored?.reviews.map(({ reviewer }) => reviewer)).size).toBe(approvals);
  });

  test("of a concurrent approval and denial is one of them", async () => {
    const request = await made(1);
    const [approved, denied] = await Promise.all([
      store.change(reviewOf(request, "bob"), signal),
      store.change(taken(review(request, { ...approve, decision: "deny" }, act("erin"))), signal),
    ]);
    expect([approved, denied].filter(Boolean)).toHaveLength(1);
  });

  test.each([
    ["ProvisionedThroughputExceededException", "upstream-unavailable"],
    ["AccessDeniedException", "aws-refused"],
  ])("has failed with %s: %s", async (name, code) => {
    const change = reviewOf(await made(), "bob");
    table.service.respondAlways(jsonError(name, 400));
    await expect(store.change(change, signal)).rejects.toMatchObject({ code });
  });
});

describe("a reservation", () => {
  /** Up to whole five seconds. */
  const rounded = (seconds: number) => new Date(Math.ceil(later(seconds).getTime() / 5000) * 5000).toISOString();
  const reserve = (request: AccessRequest, pushBy: Date, now = later(10)) =>
    reserveAccess(reservationStore(boundTable), { request, pushBy, now }, signal);

  test.each<[string, () => Promise<AccessRequest>, Date]>([
    [
      "was revoked",
      async () => {
        const request = await made(0);
        await changed(revokeOf(request, "request-1", later(5)));
        return request;
      },
      later(10),
    ],
    ["has expired", () => made(0), later(3600)],
    ["is pending", () => made(), later(10)],
    [
      "is archived",
      async () => {
        const request = await made(0);
        const ended = await changed(revokeOf(request));
        await store.create(creationIn(ended, 0), ended, signal);
        return request;
      },
      later(10),
    ],
    ["does not exist", async () => creationIn(newTarget(), 0).next, later(10)],
  ])("is nothing where the request %s", async (_, make, now) => {
    const request = await make();
    const before = await currentOf(request);
    expect(await reserve(request, later(15), now)).toBeUndefined();
    expect(await currentOf(request)).toEqual(before);
  });

  test("fails if the stored request has expired, even if the read one has not", async () => {
    const request = await made(0);
    const before = await currentOf(request);
    const misread = { ...request, expiresAt: later(86_400).toISOString() };
    expect(await reserve(misread, later(3605), later(3600))).toBeUndefined();
    expect(await currentOf(request)).toEqual(before);
  });

  test("stores pushBy, and changes nothing else", async () => {
    const request = await made(0);
    const before = await currentOf(request);
    expect(await reserve(request, later(15))).toEqual({ ...request, pushBy: rounded(15) });
    expect(await currentOf(request)).toEqual({ ...before, pushBy: rounded(15) });
  });

  test.each([
    ["known", async (request: AccessRequest) => ({ ...request, pushBy: rounded(20) })],
    ["not known", async (request: AccessRequest) => request],
  ])("leaves a later one, %s to it", async (_, read) => {
    const request = await made(0);
    await reserve(request, later(20));
    expect(await reserve(await read(request), later(15))).toMatchObject({ pushBy: rounded(20) });
  });

  test("is rounded no further than the end of access", async () => {
    const request = await made(0);
    expect(await reserve(request, later(3600), later(3595))).toMatchObject({ pushBy: request.expiresAt });
  });

  test("writes nothing if a stored one is late enough", async () => {
    const reserved = await reserve(await made(0), later(15));
    if (!reserved) throw new Error("It is active");
    const { length } = table.service.requests;
    expect(await reserve(reserved, new Date(rounded(15)))).toEqual(reserved);
    expect(table.service.requests).toHaveLength(length);
    expect(await reserve(reserved, later(21))).toMatchObject({ pushBy: rounded(21) });
  });

  test("among thirty at once succeeds, and the latest pushBy stays", async () => {
    const request = await made(0);
    const reserved = await Promise.all(
      Array.from({ length: 30 }, (_, index) => reserve(request, later(15 + (index % 7)))),
    );
    expect(reserved.every((one) => one !== undefined)).toBe(true);
    expect(await currentOf(request)).toMatchObject({ pushBy: rounded(21) });
  });

  test("succeeds even if its response is lost", async () => {
    const request = await made(0);
    table.service.respond(table.appliedThenLost);
    expect(await reserve(request, later(15))).toMatchObject({ pushBy: rounded(15) });
  });

  test("between read and revoke does not stop the revoke, and is in its response", async () => {
    const request = await made(0);
    await reserve(request, later(15));
    expect(await changed(revokeOf(request))).toMatchObject({ status: "revoked", pushBy: rounded(15) });
  });

  test.each(Array.from({ length: 10 }, (_, round) => round))(
    "concurrent with a revoke is either before it and in its response, or fails: %d",
    async () => {
      const request = await made(0);
      const reservation = reserve(request, later(15));
      const [reserved, revoked] = await Promise.all([reservation, store.change(revokeOf(request), signal)]);
      expect(revoked?.pushBy).toBe(reserved?.pushBy);
    },
  );
});

describe("a read", () => {
  test.each([
    "",
    "ar-1",
    "i-0900000000000000d",
    "ar-0123456789abcdef0123456789abcdef-0123456789aB",
    "../current",
    "x".repeat(128),
  ])("of an id that Latchkey does not give, %p, is no call", async (id) => {
    expect(await store.read(id, signal)).toBeUndefined();
    expect(table.service.requests).toEqual([]);
  });

  test("of another id under a known access target finds nothing", async () => {
    const { id } = await made();
    expect(await store.read(`${id.slice(0, -12)}ffffffffffff`, signal)).toBeUndefined();
  });

  test("is consistent", async () => {
    const { id } = await made();
    await store.read(`${id.slice(0, -12)}ffffffffffff`, signal);
    for (const { body } of table.service.requests.slice(1))
      expect(JSON.parse(body)).toMatchObject({ ConsistentRead: true });
  });

  test.each<[string, object]>([
    ["has no status", { status: undefined }],
    ["has an invalid time", { pendingUntil: "tomorrow" }],
    ["has an invalid reviewer", { reviews: [{ reviewer: 1 }] }],
    ["has no number", { sequence: 0 }],
  ])("of an item that %s is a fault of ours", async (_, fault) => {
    const { next } = creationIn(newTarget());
    const item = { ...currentAccessKey(accessTargetIdOf(targetOf(next))), ...next, ...fault };
    await table.seed([JSON.parse(JSON.stringify(item))]);
    await expect(store.read(next.id, signal)).rejects.toMatchObject({ code: "internal" });
  });

  test("does not start after the deadline", async () => {
    const { id } = creationIn(newTarget()).next;
    await expect(store.read(id, AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
  });
});
