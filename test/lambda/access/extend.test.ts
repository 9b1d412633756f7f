import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { expireIfDue } from "../../../lambda/access/expire.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { approvalsOn, coveringAccesses, withoutExtensions } from "../../../lambda/connect/covering-access.ts";
import { defaultBounds } from "../../../lambda/policy/bounds.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, type Who } from "../../support/access-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { engineWith, samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
const nothing = async () => {};

/** alice's access to prod-1 for an hour, which bob has approved at once. */
async function active(who: Who = "alice", body: object = {}) {
  const { id } = await world.create(who, { subject: "alice", ...body });
  await world.review("bob", id);
  return id;
}
async function extending(by: Who = "alice") {
  const id = await active();
  await world.extend(by, id);
  return id;
}
const bounded = (bounds: object) =>
  new AccessWorld({ ...samplePolicies, boundsOf: () => ({ ...defaultBounds, ...bounds }) });

describe("no extension is asked for, and nothing changes:", () => {
  test.each<[string, Who, () => Promise<string>, object, string]>([
    ["by a caller who may not view the instance", "carol", active, {}, "access-request-not-found"],
    ["by a colleague", "dave", active, {}, "access-denied"],
    ["by a reviewer", "bob", active, {}, "access-denied"],
    ["for longer than policy permits at once", "alice", active, { durationSeconds: 28_801 }, "access-denied"],
    [
      "for longer than @maxTotalSeconds in all",
      "alice",
      async () => {
        world = bounded({ maxTotalSeconds: 5400 });
        return active();
      },
      { durationSeconds: 1801 },
      "access-denied",
    ],
    [
      "for access by break-glass",
      "bob",
      async () => (await world.create("bob", { breakGlass: true })).id,
      {},
      "access-denied",
    ],
    [
      "for an instance that has become invisible",
      "alice",
      async () => {
        const id = await active();
        world.fleet = [{ ...world.prod, tags: { env: "restricted" } }];
        return id;
      },
      {},
      "access-denied",
    ],
    [
      "for an instance that no longer exists",
      "alice",
      async () => {
        const id = await active();
        world.fleet = [];
        return id;
      },
      {},
      "access-denied",
    ],
    [
      "that only its requester could approve",
      "bob",
      async () => {
        const apart = '[Latchkey::Action::"connect", Latchkey::Action::"review"].contains(action)';
        world = new AccessWorld(
          engineWith({
            all: `permit (principal, action, resource) unless { ${apart} };`,
            enter: `permit (principal, action == Latchkey::Action::"connect", resource)
              when { context has access && context.access.approvals >= 1 };`,
            review: `permit (principal == Latchkey::Person::"bob", action == Latchkey::Action::"review", resource);`,
          }),
        );
        return active();
      },
      {},
      "nobody-can-approve",
    ],
    ["while the request is pending", "alice", async () => (await world.create("alice")).id, {}, "request-not-active"],
    [
      "once access was revoked",
      "alice",
      async () => {
        const id = await active();
        await world.revoke("bob", id);
        return id;
      },
      {},
      "request-not-active",
    ],
    [
      "at the very end of access",
      "alice",
      async () => {
        const id = await active();
        world.now = later(3600);
        return id;
      },
      {},
      "request-not-active",
    ],
  ])("%s", async (_, who, make, body, code) => {
    const id = await make();
    const before = await stored(id);
    expect(await problemFrom(() => world.extend(who, id, body))).toMatchObject({ code });
    expect(await stored(id)).toEqual(before);
  });
});

describe("no review decides an extension, and nothing changes:", () => {
  test.each<[string, Who, Who, () => Promise<unknown>, string]>([
    ["by the subject", "alice", "alice", nothing, "self-review"],
    ["by the subject, under another role that may review", "alice", "alice as OnCall", nothing, "self-review"],
    ["by the bot that asked for it", "chatbot", "chatbot", nothing, "self-review"],
    ["by a caller who is not a reviewer", "alice", "dave", nothing, "reviewer-not-allowed"],
    [
      "after its own time-out, while access is active",
      "alice",
      "bob",
      async () => {
        world.now = later(60);
      },
      "request-not-pending",
    ],
    [
      "after access has ended",
      "alice",
      "bob",
      async () => {
        world.now = later(3600);
      },
      "request-not-pending",
    ],
  ])("%s", async (_, asker, who, prepare, code) => {
    world = bounded({ pendingTimeoutSeconds: 60 });
    const id = await extending(asker);
    await prepare();
    const before = await stored(id);
    for (const decision of ["approve", "deny"] as const) {
      expect(await problemFrom(() => world.review(who, id, decision))).toMatchObject({ code });
    }
    expect(await stored(id)).toEqual(before);
  });

  test("after it was denied, cancelled, or ended with its request", async () => {
    const id = await extending();
    await world.review("bob", id, "deny");
    expect(await problemFrom(() => world.review("erin", id))).toMatchObject({ code: "request-not-pending" });
    await world.extend("alice", id);
    await world.cancel("alice", id);
    expect(await problemFrom(() => world.review("erin", id))).toMatchObject({ code: "request-not-pending" });
    await world.extend("alice", id);
    await world.revoke("bob", id);
    expect(await problemFrom(() => world.review("erin", id))).toMatchObject({ code: "request-not-pending" });
    expect(await stored(id)).toMatchObject({ status: "revoked", extension: { status: "cancelled" } });
  });

  test("twice by one reviewer, if it takes two", async () => {
    const id = await active("alice", { osUser: "root" });
    await world.review("erin", id);
    await world.extend("alice", id);
    expect(await world.review("bob", id)).toMatchObject({ extension: { status: "pending" } });
    expect(await problemFrom(() => world.review("bob", id))).toMatchObject({ code: "already-reviewed" });
    expect(await world.review("erin", id)).toMatchObject({ extension: { status: "approved" } });
  });
});

describe("an extension", () => {
  test("waits for as many approvals as the request, and the last of them moves the end of access", async () => {
    const id = await active();
    world.now = later(600);
    expect(await world.extend("alice", id)).toMatchObject({
      status: "active",
      expiresAt: later(3600).toISOString(),
      updatedAt: later(600).toISOString(),
      extension: {
        status: "pending",
        requestedBy: "alice",
        durationSeconds: 1800,
        requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
        // No later than the end of access.
        pendingUntil: later(3600).toISOString(),
      },
    });
    world.now = later(700);
    expect(await world.review("bob", id, "approve", "fine", 900)).toMatchObject({
      expiresAt: later(4500).toISOString(),
      updatedAt: later(700).toISOString(),
      extension: { status: "approved", grantedSeconds: 900 },
    });
    expect(await stored(id)).toMatchObject({
      listedAs: "active",
      dueAt: later(4500).toISOString(),
      events: [
        { type: "latchkey.review.submitted", data: { actor: "bob", approvedSeconds: 900 } },
        { type: "latchkey.access-request.extended", data: { expiresAt: later(4500).toISOString() } },
      ],
    });
  });

  test("that is denied leaves access as it was", async () => {
    const id = await extending();
    const { expiresAt } = await world.review("bob", id, "deny");
    expect(expiresAt).toBe(later(3600).toISOString());
    expect(await stored(id)).toMatchObject({ status: "active", expiresAt, listedAs: "active", dueAt: expiresAt });
  });

  test("holds at once where policy requires no approval, as often as @maxTotalSeconds permits", async () => {
    world = bounded({ maxTotalSeconds: 7200 });
    const { id } = await world.create("alice", { instanceId: "i-0123456789abcdef0" });
    expect(await world.extend("alice", id)).toMatchObject({ expiresAt: later(5400).toISOString() });
    expect(await world.extend("alice", id)).toMatchObject({ expiresAt: later(7200).toISOString() });
    expect(await problemFrom(() => world.extend("alice", id, { durationSeconds: 1 }))).toMatchObject({
      code: "access-denied",
      detail: "Policy permits access for at most 2h in all.",
    });
  });

  test("that is pending is returned, instead of another", async () => {
    const id = await extending();
    const { extension, isPreexisting } = await world.extend("chatbot", id, { durationSeconds: 60 });
    expect({ isPreexisting, extension }).toMatchObject({ isPreexisting: true, extension: { durationSeconds: 1800 } });
  });

  test("that nobody reviews in time is expired by the sweep, and then access still is active", async () => {
    world = bounded({ pendingTimeoutSeconds: 60 });
    const id = await extending();
    expect(await stored(id)).toMatchObject({ listedAs: "extending", dueAt: later(60).toISOString() });
    world.now = later(60);
    expect(await expireIfDue(world.store, accessTargetIdIn(id) ?? "", world.context())).toBe(true);
    expect(await stored(id)).toMatchObject({
      status: "active",
      listedAs: "active",
      extension: { status: "expired" },
      events: [{ type: "latchkey.access-request.extension-expired", data: { actor: "latchkey" } }],
    });
    expect(await expireIfDue(world.store, accessTargetIdIn(id) ?? "", world.context())).toBe(false);
  });
});

describe("extended access", () => {
  const read = async (id: string) => {
    const request = await world.store.read(id, new AbortController().signal);
    if (!request) throw new Error("It was stored");
    return request;
  };
  const covering = async (id: string, at: Date) => {
    const covered = { subject: "alice", osUser: "ec2-user", instance: world.prod, now: at };
    return coveringAccesses([await read(id)], covered, { policy: samplePolicies, scopeTags: [] })[0];
  };
  async function extended() {
    const id = await extending();
    await world.review("erin", id);
    return id;
  }

  test("permits nothing once it was revoked, nor after its new end", async () => {
    const id = await extended();
    expect(await covering(id, later(5399.999))).toBeDefined();
    expect(await covering(id, later(5400))).toBeUndefined();
    await world.revoke("erin", id);
    expect(await covering(id, later(60))).toBeUndefined();
  });

  test("counts the approvals of the extension, not those of the request beside them", async () => {
    const access = await covering(await extended(), later(60));
    expect(access && approvalsOn(samplePolicies, world.prod, access, new Map())).toMatchObject({ approvals: 1 });
  });

  test("opens a serial console only as long as it would have without the extension", async () => {
    const access = await covering(await extended(), later(60));
    const serial = (at: Date) => access && withoutExtensions(access, at)?.expiresAt;
    expect([serial(later(3599.999)), serial(later(3600))]).toEqual([later(3600).toISOString(), undefined]);
  });

  test("is revoked by a reviewer of the extension", async () => {
    expect(await world.revoke("erin", await extended())).toMatchObject({ status: "revoked" });
  });
});
