import { beforeEach, describe, expect, test } from "@jest/globals";
import type { AccessRequestResponse } from "../../../contract/access-request.ts";
import type { Caller } from "../../../contract/caller.ts";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import {
  idempotentCancellation,
  idempotentCreation,
  idempotentReview,
  idempotentRevocation,
} from "../../../lambda/access/idempotent-operations.ts";
import { idempotencyStore } from "../../../lambda/aws/dynamodb/idempotency-table.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { idempotent } from "../../../lambda/idempotency/idempotent.ts";
import type { IdempotencyStore } from "../../../lambda/idempotency/ports.ts";
import { defaultBounds } from "../../../lambda/policy/bounds.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, accessSettings, callers, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
let keyed: IdempotencyStore;
const key = "key-of-everybody";
beforeEach(() => {
  world = new AccessWorld();
  keyed = idempotencyStore(boundTable);
});

const context = () => world.context({ deadlineAt: new Date(world.now.getTime() + 8000) });
const bodyOf = (more: object = {}) => ({
  instanceId: world.prod.instanceId,
  osUser: "ec2-user",
  durationSeconds: 3600,
  reason: "INC-42",
  ...more,
});

/** Requests of several callers, each with the same key. */
const send = {
  create: (who: Who, body: object = {}, caller: Caller = callers[who], ports = world.ports) => {
    const once = idempotent(keyed, "createAccessRequest", idempotentCreation(ports, accessSettings));
    const sent = bodyOf(body);
    return once({ key, caller, ids: {}, body: sent }, { caller, ...sent }, context());
  },
  review: (who: Who, id: string, decision: "approve" | "deny" = "approve") => {
    const caller = callers[who];
    const once = idempotent(keyed, "reviewAccessRequest", idempotentReview(world.ports, accessSettings));
    return once({ key, caller, ids: { id }, body: { decision } }, { caller, id, decision }, context());
  },
  cancel: (who: Who, id: string) => {
    const caller = callers[who];
    const once = idempotent(keyed, "cancelAccessRequest", idempotentCancellation(world.ports, accessSettings));
    return once({ key, caller, ids: { id }, body: {} }, { caller, id }, context());
  },
  revoke: (who: Who, id: string, caller: Caller = callers[who]) => {
    const once = idempotent(keyed, "revokeAccessRequest", idempotentRevocation(world.ports, accessSettings));
    return once({ key, caller, ids: { id }, body: {} }, { caller, id }, context());
  },
};

const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "answered",
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
/** The response as a caller reads it. */
const told = (response: AccessRequestResponse) => JSON.parse(JSON.stringify(response));

const pending = async () => (await world.create("alice")).id;
const active = async () => {
  const id = await pending();
  await world.review("bob", id);
  return id;
};
const vanish = () => {
  world.fleet = world.fleet.filter(({ instanceId }) => instanceId !== world.prod.instanceId);
};

describe("a replay is authorized again, and refused:", () => {
  test("a creation whose caller now has a role that may not view the instance", async () => {
    await send.create("alice");
    const asGuest = { ...callers.alice, groups: callers.carol.groups };
    expect(await codeOf(send.create("alice", {}, asGuest))).toBe("instance-not-found");
  });

  test("a creation whose instance no longer exists", async () => {
    await send.create("alice");
    vanish();
    expect(await codeOf(send.create("alice"))).toBe("instance-not-found");
  });

  test("break-glass by a caller who may no longer use it", async () => {
    await send.create("bob", { breakGlass: true });
    expect(await codeOf(send.create("bob as Engineer", { breakGlass: true }))).toBe("access-denied");
  });

  test("a creation that policy now permits for a shorter time only", async () => {
    await send.create("alice");
    const policy = { ...samplePolicies, boundsOf: () => ({ ...defaultBounds, maxDurationSeconds: 3599 }) };
    const again = () => send.create("alice", {}, callers.alice, { ...world.ports, policy });
    expect(await problemFrom(again)).toMatchObject({
      code: "access-denied",
      detail: "Policy permits access for at most 59m59s.",
    });
  });

  test("a review by a caller who is no longer a reviewer", async () => {
    const id = await pending();
    await send.review("bob", id);
    expect(await codeOf(send.review("bob as Engineer", id))).toBe("reviewer-not-allowed");
  });

  test("a review by a caller who may no longer view the instance", async () => {
    const id = await pending();
    await send.review("bob", id);
    vanish();
    expect(await codeOf(send.review("bob", id))).toBe("access-request-not-found");
  });

  test("a revoke by a caller whom policy no longer permits it", async () => {
    const id = await active();
    await send.revoke("erin", id);
    const asEngineer = { ...callers.erin, groups: callers.alice.groups };
    expect(await codeOf(send.revoke("erin", id, asEngineer))).toBe("access-denied");
  });

  test.each(["self-review", "request-not-pending"] as const)(
    "a request that was refused the first time, as %s",
    async (code) => {
      const id = await pending();
      if (code === "request-not-pending") await world.cancel("alice", id);
      const who = code === "self-review" ? "alice as OnCall" : "bob";
      expect(await codeOf(send.review(who, id))).toBe(code);
      expect(await codeOf(send.review(who, id))).toBe(code);
    },
  );
});

describe("the response is the same, even if the request has changed since,", () => {
  test("to the requester", async () => {
    const first = await send.create("alice");
    await world.review("bob", first.id);
    expect(told(await send.create("alice"))).toEqual(told(first));
    expect(first).toMatchObject({ status: "pending" });
    expect(first).not.toHaveProperty("isPreexisting");
  });

  test("to the requester, even if another request has been made meanwhile", async () => {
    const first = await send.create("alice");
    await world.cancel("alice", first.id);
    const second = await world.create("alice");
    expect(told(await send.create("alice"))).toEqual(told(first));
    expect(await stored(first.id)).toMatchObject({ id: second.id, sequence: 1 });
  });

  test("to a bot that requested it for a person", async () => {
    const first = await send.create("chatbot", { subject: "alice" });
    expect(told(await send.create("chatbot", { subject: "alice" }))).toEqual(told(first));
  });

  test("to its reviewer, whose review counts once", async () => {
    const id = await pending();
    const first = await send.review("bob", id);
    await world.revoke("alice", id);
    expect(told(await send.review("bob", id))).toEqual(told(first));
    expect((await stored(id))?.["reviews"]).toHaveLength(1);
  });

  test("to the caller who cancelled it", async () => {
    const id = await pending();
    const first = await send.cancel("alice", id);
    expect(told(await send.cancel("alice", id))).toEqual(told(first));
    expect(await stored(id)).toMatchObject({ status: "cancelled", sequence: 2 });
  });

  test.each<Who>(["alice", "bob", "erin"])("to %s, who revoked it", async (who) => {
    const id = await active();
    const first = await send.revoke(who, id);
    expect(told(await send.revoke(who, id))).toEqual(told(first));
    expect(first).toMatchObject({ status: "revoked", noPushesAfter: world.now.toISOString() });
  });
});

describe("after a run that was cut off behind its write, the response follows from the state:", () => {
  /** Sends a request whose record is never completed, and lets its lock expire. */
  async function cutOff(first: () => Promise<unknown>) {
    const { end } = keyed;
    const reached = Promise.withResolvers<void>();
    keyed.end = () => {
      reached.resolve();
      return new Promise(() => {});
    };
    void first();
    await reached.promise;
    keyed.end = end;
    expect(await codeOf(first())).toBe("idempotency-in-progress");
    world.now = later(13);
  }

  /** The same, for a request that is cut off before its change. */
  async function cutOffBeforeWrite(first: () => Promise<unknown>) {
    const { change } = world.store;
    const reached = Promise.withResolvers<void>();
    world.store.change = () => {
      reached.resolve();
      return new Promise(() => {});
    };
    void first();
    await reached.promise;
    world.store.change = change;
  }

  test("the requested access exists already", async () => {
    await cutOff(() => send.create("alice"));
    const again = await send.create("alice");
    expect(again).toMatchObject({ status: "pending" });
    expect(again).not.toHaveProperty("isPreexisting");
    expect(await stored(again.id)).toMatchObject({ id: again.id, sequence: 1 });
  });

  test("access that was revoked meanwhile is not made again", async () => {
    const breakGlass = () => send.create("bob", { breakGlass: true });
    await cutOff(breakGlass);
    const { id } = await world.create("bob", { breakGlass: true });
    await world.revoke("erin", id);
    expect(await breakGlass()).toMatchObject({ id, status: "revoked" });
    expect(await stored(id)).toMatchObject({ id, status: "revoked" });
  });

  test("the requested access existed, and another request has replaced it", async () => {
    await cutOff(() => send.create("alice"));
    const { id } = await world.create("alice");
    await world.cancel("alice", id);
    const second = await world.create("alice");
    expect(await send.create("alice")).toMatchObject({ id, status: "cancelled" });
    expect(await stored(id)).toMatchObject({ id: second.id, status: "pending" });
  });

  test("a review has been recorded, beside another", async () => {
    const { id } = await world.create("alice", { osUser: "root" });
    await world.review("erin", id);
    await cutOff(() => send.review("bob", id));
    expect(await send.review("bob", id)).toMatchObject({
      status: "active",
      reviews: [{ reviewer: "erin" }, { reviewer: "bob" }],
    });
    expect((await stored(id))?.["reviews"]).toHaveLength(2);
    // Later replays get the same.
    expect(await send.review("bob", id)).toMatchObject({ status: "active" });
  });

  test.each<[string, Who]>([
    ["another reviewer's approval", "erin"],
    ["an approval of their own", "bob"],
  ])("%s is not taken for the caller's denial", async (_, reviewer) => {
    const id = await pending();
    await cutOffBeforeWrite(() => send.review("bob", id, "deny"));
    await world.review(reviewer, id);
    world.now = later(13);
    expect(await codeOf(send.review("bob", id, "deny"))).toBe("request-not-pending");
  });

  test("another reviewer's approval is not taken for the caller's", async () => {
    const { id } = await world.create("alice", { osUser: "root" });
    await cutOffBeforeWrite(() => send.review("bob", id));
    await world.review("erin", id);
    world.now = later(13);
    expect(await send.review("bob", id)).toMatchObject({ status: "active" });
  });

  test("a request has been cancelled", async () => {
    const id = await pending();
    await cutOff(() => send.cancel("alice", id));
    expect(await send.cancel("alice", id)).toMatchObject({ status: "cancelled" });
    expect(await stored(id)).toMatchObject({ sequence: 2 });
  });

  test("access has been revoked", async () => {
    const id = await active();
    await cutOff(() => send.revoke("alice", id));
    expect(await send.revoke("alice", id)).toMatchObject({ status: "revoked", noPushesAfter: later(0).toISOString() });
  });

  test.each<[string, () => Promise<string>, (id: string) => Promise<AccessRequestResponse>, string]>([
    ["a review", pending, (id) => send.review("bob", id), "active"],
    ["a cancellation", pending, (id) => send.cancel("alice", id), "cancelled"],
    ["a revocation", active, (id) => send.revoke("alice", id), "revoked"],
  ])("if nothing was written, %s runs now", async (_, make, change, status) => {
    const id = await make();
    await cutOffBeforeWrite(() => change(id));
    world.now = later(13);
    expect(await change(id)).toMatchObject({ status });
    expect(await stored(id)).toMatchObject({ status });
  });

  test("if nothing was written, a creation runs now", async () => {
    const { create } = world.store;
    const reached = Promise.withResolvers<void>();
    world.store.create = () => {
      reached.resolve();
      return new Promise(() => {});
    };
    void send.create("alice");
    await reached.promise;
    world.store.create = create;
    world.now = later(13);
    const again = await send.create("alice");
    expect(again).toMatchObject({ status: "pending" });
    expect(await stored(again.id)).toMatchObject({ id: again.id });
  });

  test("a caller who may no longer do so is refused", async () => {
    const id = await pending();
    await cutOff(() => send.review("bob", id));
    expect(await codeOf(send.review("bob as Engineer", id))).toBe("reviewer-not-allowed");
  });
});

test("ten equal creations at once make one request, and no response calls it preexisting", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => send.create("alice").catch((error: Problem) => error.code)),
  );
  const responses = outcomes.filter((outcome) => typeof outcome !== "string");
  expect(new Set(responses.map(({ id }) => id)).size).toBe(1);
  for (const response of responses) expect(response).not.toHaveProperty("isPreexisting");
  for (const outcome of outcomes) if (typeof outcome === "string") expect(outcome).toBe("idempotency-in-progress");
});

test("keys of different callers are independent", async () => {
  const [hers, his] = [await send.create("alice"), await send.create("dave")];
  expect([hers.subject, his.subject]).toEqual(["alice", "dave"]);
  expect(hers.id).not.toBe(his.id);
});
