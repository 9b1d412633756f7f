import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, callers, type Who } from "../../support/access-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));

/** As newer code would leave it behind. */
const rewrite = async (id: string, change: object) => table.seed([{ ...(await stored(id)), ...change }]);

/** chatbot requests root for alice, which takes two approvals. */
const asked = async () => (await world.create("chatbot", { subject: "alice", osUser: "root" })).id;

describe("refused, with nothing changed:", () => {
  test.each<[string, Who, (id: string) => Promise<unknown>, string]>([
    ["the subject's own request", "alice", async () => {}, "self-review"],
    ["the subject's own request, under another role that may review", "alice as OnCall", async () => {}, "self-review"],
    ["the bot's own request", "chatbot", async () => {}, "self-review"],
    ["a caller who is not a reviewer", "dave", async () => {}, "reviewer-not-allowed"],
    ["a reviewer who now has another role", "bob as Engineer", async () => {}, "reviewer-not-allowed"],
    ["a machine under the reviewers' role", "a machine of OnCall", async () => {}, "reviewer-not-allowed"],
    ["the same role name in another account", "frank of another account", async () => {}, "access-request-not-found"],
    ["the same person's name in another account", "bob of another account", async () => {}, "access-request-not-found"],
    ["a caller who may not view the instance", "carol", async () => {}, "access-request-not-found"],
    ["a second review", "bob", (id) => world.review("bob", id), "already-reviewed"],
    ["after a denial", "erin", (id) => world.review("bob", id, "deny"), "request-not-pending"],
    ["after a denial of their own", "bob", (id) => world.review("bob", id, "deny"), "request-not-pending"],
    ["after a cancellation", "bob", (id) => world.cancel("alice", id), "request-not-pending"],
    [
      "after it has timed out, which nothing has recorded",
      "bob",
      async () => {
        world.now = later(3600);
      },
      "request-not-pending",
    ],
    [
      "once it is active",
      "bob",
      async (id) => {
        await world.review("bob", id);
        await world.review("erin", id);
      },
      "request-not-pending",
    ],
    [
      "once it was revoked",
      "erin",
      async (id) => {
        await world.review("bob", id);
        await world.review("erin", id);
        await world.revoke("alice", id);
      },
      "request-not-pending",
    ],
    [
      "for an instance that no longer exists",
      "bob",
      async () => {
        world.fleet = [];
      },
      "access-request-not-found",
    ],
    [
      "for an instance with a namesake in another account",
      "bob",
      async () => {
        world.fleet = [{ ...world.prod, accountId: "444455556666" }];
      },
      "access-request-not-found",
    ],
    [
      "for an instance with a namesake in another region",
      "bob",
      async () => {
        world.fleet = [{ ...world.prod, region: "eu-west-1" }];
      },
      "access-request-not-found",
    ],
    ["of an unknown status", "bob", (id) => rewrite(id, { status: "paused" }), "request-not-pending"],
    ["of a newer format", "bob", (id) => rewrite(id, { v: 2 }), "request-not-pending"],
  ])("%s", async (_, who, prepare, code) => {
    const id = await asked();
    await prepare(id);
    const before = await stored(id);
    for (const decision of ["approve", "deny"] as const) {
      expect(await problemFrom(() => world.review(who, id, decision))).toMatchObject({ code });
    }
    expect(await stored(id)).toEqual(before);
  });

  test("a further review by the same reviewer, if three approvals are needed", async () => {
    world = new AccessWorld({
      ...samplePolicies,
      decide: (question) => {
        const { access } = question.context as { access?: { approvals: number } };
        return question.action === "connect"
          ? { allowed: (access?.approvals ?? 0) >= 3, policies: [] }
          : samplePolicies.decide(question);
      },
    });
    const { id } = await world.create("alice");
    await world.review("bob", id);
    for (const _ of ["second", "third"]) {
      expect(await problemFrom(() => world.review("bob", id))).toMatchObject({ code: "already-reviewed" });
    }
    expect(await stored(id)).toMatchObject({ status: "pending", sequence: 2, reviewers: ["bob"] });
  });

  test.each(["ar-1", "ar-0123456789abcdef0123456789abcdef-0123456789ab", "i-0900000000000000d"])(
    "an id that Latchkey did not issue: %s",
    async (id) => {
      expect(await problemFrom(() => world.review("bob", id))).toMatchObject({ code: "access-request-not-found" });
      expect(world.facts.accessRequestId).toBeUndefined();
    },
  );

  test("an absent request and one that the caller may not view get the same problem", async () => {
    const id = await asked();
    const [absent, unseen] = [
      await problemFrom(() => world.review("carol", `${id.slice(0, -12)}ffffffffffff`)),
      await problemFrom(() => world.review("carol", id)),
    ];
    expect({ ...absent }).toEqual({ ...unseen });
  });
});

describe("a review", () => {
  test("by two reviewers makes root's request active, at the second", async () => {
    const id = await asked();
    world.now = later(100);
    expect(await world.review("bob", id, "approve", "go on")).toMatchObject({ status: "pending" });
    world.now = later(200);
    expect(await world.review("erin", id)).toMatchObject({
      id,
      status: "active",
      reviews: [
        { reviewer: "bob", decision: "approve", comment: "go on", at: later(100).toISOString() },
        { reviewer: "erin", decision: "approve", at: later(200).toISOString() },
      ],
      activatedAt: later(200).toISOString(),
      expiresAt: later(3800).toISOString(),
    });
    expect(await stored(id)).toMatchObject({
      events: [
        { type: "latchkey.review.submitted", data: { actor: "erin", policies: ["prod-review"], sequence: 3 } },
        { type: "latchkey.access-request.activated", data: { policyDigest: samplePolicies.digest, sequence: 4 } },
      ],
    });
    expect(world.facts).toMatchObject({
      accessRequestId: id,
      policies: ["prod-review"],
      instanceId: world.prod.instanceId,
    });
  });

  describe("that shortens access: the least of all approvals holds, from the one that completes it", () => {
    test.each<[string, number | undefined, number | undefined, number]>([
      ["the first", 60, undefined, 60],
      ["the second", undefined, 60, 60],
      ["a shorter approval followed by a longer one", 60, 3600, 60],
      ["a longer approval followed by a shorter one", 3599, 1800, 1800],
      ["both, by nothing", 3600, 3600, 3600],
    ])("%s", async (_, first, second, granted) => {
      const id = await asked();
      expect(await world.review("bob", id, "approve", undefined, first)).toMatchObject({ status: "pending" });
      world.now = later(200);
      const response = await world.review("erin", id, "approve", undefined, second);
      expect(response).toMatchObject({
        durationSeconds: 3600,
        grantedSeconds: granted,
        expiresAt: later(200 + granted).toISOString(),
      });
      expect(response.reviews.map(({ durationSeconds }) => durationSeconds)).toEqual([first, second]);
      expect(await stored(id)).toMatchObject({
        events: [
          { data: { durationSeconds: 3600, ...(second !== undefined && { approvedSeconds: second }) } },
          { data: { grantedSeconds: granted, expiresAt: later(200 + granted).toISOString() } },
        ],
      });
    });

    test("but never lengthens it: refused, with nothing changed", async () => {
      const id = await asked();
      const before = await stored(id);
      expect(await problemFrom(() => world.review("bob", id, "approve", undefined, 3601))).toMatchObject({
        code: "invalid-request",
        errors: [{ pointer: "/durationSeconds", code: "more-than-asked" }],
      });
      expect(await stored(id)).toEqual(before);
    });
  });

  test("that denies ends the request", async () => {
    const id = await asked();
    expect(await world.review("bob", id, "deny", "not now")).toMatchObject({ status: "denied" });
  });

  test("that another overtakes is evaluated again on the new state", async () => {
    const id = await asked();
    const responses = await Promise.all([world.review("bob", id), world.review("erin", id)]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual(["active", "pending"]);
    expect(await stored(id)).toMatchObject({ status: "active", sequence: 4 });
  });

  test("by the same reviewer ten times at once counts once", async () => {
    const id = await asked();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => world.review("bob", id)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ status: "pending", sequence: 2, reviewers: ["bob"] });
  });

  test("passes the facts of the request to policy", async () => {
    const contexts: unknown[] = [];
    world = new AccessWorld({
      ...samplePolicies,
      decide: (question) => {
        if (question.action === "review") contexts.push(question.context);
        return samplePolicies.decide(question);
      },
    });
    await world.review("bob", await asked());
    expect(contexts).toEqual([
      {
        scope: "instance",
        osUser: "root",
        subject: "alice",
        requestedBy: callers.chatbot.id,
        breakGlass: false,
        time: expect.objectContaining({ hour: 3, weekday: 5 }),
        sourceIp: { __extn: { fn: "ip", arg: "192.0.2.1" } },
      },
    ]);
  });

  test("policy knows from where each action is called", async () => {
    const seen = new Map<string, Set<boolean>>();
    world = new AccessWorld({
      ...samplePolicies,
      decide: (question) => {
        const { action, context } = question;
        if (action !== "view") seen.set(action, (seen.get(action) ?? new Set()).add("sourceIp" in context));
        return samplePolicies.decide(question);
      },
    });
    const id = await asked();
    await world.review("bob", id);
    await world.review("erin", id);
    await world.revoke("bob", id);
    await world.create("alice");
    const each = ["delegate", "connect", "review", "revoke", "request"].map((action) => [action, new Set([true])]);
    expect([...seen]).toEqual(each);
  });
});
