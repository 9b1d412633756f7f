import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { accessRequestQuery } from "../../../contract/access-request.ts";
import type { Caller } from "../../../contract/caller.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { listAccessRequests } from "../../../lambda/access/list.ts";
import { type ListPartition, partitionsWith } from "../../../lambda/access/where-to-list.ts";
import type { PolicyEngine } from "../../../lambda/policy/engine.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import type { FailedTarget } from "../../../lambda/targets/describe-instances.ts";
import { type AccessChanges, activeAccess, withChanges } from "../../support/fake-access-table.ts";
import { fakeIndex } from "../../support/fake-index.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { fakeTargets } from "../../support/fake-targets.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, person, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const now = new Date("2026-01-02T03:30:00.000Z");
const bob: Caller = { ...alice, id: "bob", groups: ["OnCall"] };
const time = { epoch: 1_767_324_600, hour: 3, weekday: 5 };
const minutes = (count: number) => new Date(now.getTime() + count * 60_000).toISOString();

let made = 0;
/** Carol's requests, pending for another half an hour; each is a second older than the one before. */
function pending(changes: AccessChanges = {}): AccessRequest {
  made += 1;
  const { activatedAt: _activated, expiresAt: _expires, ...request } = activeAccess();
  const one: AccessRequest = {
    ...request,
    id: `ar-${"0".repeat(32)}-${made.toString(16).padStart(12, "0")}`,
    subject: "carol",
    requestedBy: "carol",
    status: "pending",
    reviews: [],
    createdAt: new Date(now.getTime() - made * 1000).toISOString(),
    pendingUntil: minutes(30),
  };
  return withChanges(one, changes);
}

interface World {
  readonly requests: readonly AccessRequest[];
  readonly fleet?: readonly Instance[];
  readonly policy?: PolicyEngine;
  /** Targets that cannot be read. */
  readonly failed?: readonly FailedTarget[];
}

function world({ requests, fleet = [web], policy = fakePolicy(), failed }: World) {
  const indexOf = (read: readonly ListPartition[]) => {
    const isIn = (one: AccessRequest) => {
      const all = [{ by: "all" }, ...partitionsWith(one)];
      return read.some((each) => all.some((partition) => isDeepStrictEqual(partition, each)));
    };
    return fakeIndex(requests.filter(isIn).map((value) => ({ key: `${value.createdAt}#${value.id}`, value })));
  };
  const described: (readonly string[])[] = [];
  const targets = fakeTargets(() => fleet, failed);
  const partitions: (readonly string[])[] = [];
  const list = async (caller: Caller, query: object = {}) => {
    const { reviewable, ...filters } = accessRequestQuery.parse(query);
    return listAccessRequests(
      {
        policy,
        async listAccessItems(read, range) {
          partitions.push(read.map(named));
          return indexOf(read).read(range);
        },
        ...targets,
        describeInstances: (keys) => {
          described.push(keys.map(({ instanceId }) => instanceId));
          return targets.describeInstances(keys);
        },
      },
      {
        policyTime: (moment) => {
          expect(moment).toEqual(now);
          return time;
        },
      },
      { caller, ...filters, reviewable: reviewable === "true" },
      testContext({ clock: () => now }),
    );
  };
  const ids = async (caller: Caller, query?: object) => (await list(caller, query)).items.map(({ id }) => id);
  return { list, ids, described, partitions };
}

const unseen = fakePolicy({ view: false });

const named = (partition: ListPartition) =>
  partition.by === "all"
    ? "all"
    : partition.by === "status"
      ? partition.status
      : `${partition.isOpen ? "open" : "ended"} ${partition.by} ${partition.id}`;

describe("which requests a caller sees", () => {
  const carols = pending();
  const forAlice = pending({ subject: "alice", requestedBy: "111122223333/ChatBot" });
  const byAlice = pending({ subject: "carol", requestedBy: "alice" });
  const requests = [carols, forAlice, byAlice];

  test.each<[sentence: string, world: Omit<World, "requests">, seen: readonly AccessRequest[]]>([
    ["only their own, if they may not view the instance", { policy: unseen }, [forAlice, byAlice]],
    ["only their own, if the instance no longer exists", { fleet: [] }, [forAlice, byAlice]],
    [
      "only their own, if there is a namesake of the instance in another account",
      { fleet: [{ ...web, accountId: "444455556666" }] },
      [forAlice, byAlice],
    ],
    [
      "only their own, if there is a namesake of the instance in another region",
      { fleet: [{ ...web, region: "eu-west-1" }] },
      [forAlice, byAlice],
    ],
    ["all, if they may view the instance", {}, requests],
  ])("%s", async (_, rest, seen) => {
    expect(await world({ requests, ...rest }).ids(alice)).toEqual(seen.map(({ id }) => id));
  });

  test("a filter for a person shows no more of their requests", async () => {
    for (const query of [{ subject: "carol" }, { instanceId: web.instanceId }, { status: "pending" }]) {
      expect(await world({ requests: [carols], policy: unseen }).list(alice, query)).toEqual({ items: [] });
    }
  });
});

describe("filters", () => {
  const carols = pending();
  const daves = pending({ subject: "dave" });
  const elsewhere = pending({ instanceId: "i-00000002" });

  test.each<[query: object, found: readonly AccessRequest[]]>([
    [{ subject: "erin" }, []],
    [{ subject: "dave" }, [daves]],
    [{ instanceId: "i-00000002" }, [elsewhere]],
    [{ instanceId: "i-00000002", subject: "dave" }, []],
    [{ instanceId: web.instanceId, subject: "carol" }, [carols]],
  ])("%j", async (query, found) => {
    const fleet = [web, { ...web, instanceId: "i-00000002" }];
    const { ids } = world({ requests: [carols, daves, elsewhere], fleet });
    expect(await ids(alice, query)).toEqual(found.map(({ id }) => id));
  });
});

describe("instances", () => {
  test("are described in one call, each once, except for requests that do not match", async () => {
    const requests = [
      pending(),
      pending(),
      pending({ instanceId: "i-00000002" }),
      pending({ instanceId: "i-00000003", subject: "alice" }),
      pending({ instanceId: "i-00000004", osUser: "root", status: "cancelled" }),
    ];
    const { list, described } = world({ requests });
    await list(alice, { status: "pending" });
    expect(described).toEqual([[web.instanceId, "i-00000002", "i-00000003"]]);
  });

  const named = { ...web, tags: { ...web.tags, Name: "web-1" } };
  test.each<
    [sentence: string, changes: Partial<AccessRequest>, world: Omit<World, "requests">, name: string | undefined]
  >([
    [
      "of the caller's own request is not named if they may not view it",
      { subject: "alice" },
      { policy: unseen },
      undefined,
    ],
    ["that has no name has none", {}, { fleet: [{ ...web, tags: {} }] }, undefined],
    ["that no longer exists has none", { subject: "alice" }, { fleet: [] }, undefined],
    ["of the caller's own request is named", { subject: "alice" }, {}, "web-1"],
    ["of another's request is named", {}, {}, "web-1"],
  ])("an instance %s", async (_, changes, rest, name) => {
    const { list } = world({ requests: [pending(changes)], fleet: [named], ...rest });
    expect((await list(alice)).items.map(({ instanceName }) => instanceName)).toEqual([name]);
  });

  test("are not described again after an earlier read", async () => {
    const { list, described } = world({ requests: Array.from({ length: 250 }, () => pending()), policy: unseen });
    expect((await list(alice)).items).toEqual([]);
    expect(described).toEqual([[web.instanceId]]);
  });
});

describe("the status filter applies to the current status", () => {
  const waiting = pending();
  const late = pending({ pendingUntil: now.toISOString() });
  const active = pending({ status: "active", activatedAt: minutes(-10), expiresAt: minutes(1) });
  const over = pending({ status: "active", activatedAt: minutes(-10), expiresAt: minutes(-1) });
  const ended = (["denied", "cancelled", "expired", "revoked"] as const).map((status) =>
    pending({ status, endedAt: minutes(-1) }),
  );
  const requests = [waiting, late, active, over, ...ended];
  const [denied, cancelled, expired, revoked] = ended;

  test.each<[status: string, found: readonly (AccessRequest | undefined)[]]>([
    ["pending", [waiting]],
    ["active", [active]],
    ["denied", [denied]],
    ["cancelled", [cancelled]],
    ["expired", [late, over, expired]],
    ["revoked", [revoked]],
  ])("%s", async (status, found) => {
    const { items } = await world({ requests }).list(alice, { status });
    expect(items.map(({ id }) => id)).toEqual(found.map((one) => one?.id));
    expect(new Set(items.map((item) => item.status))).toEqual(new Set([status]));
  });

  test("responses have no field that is internal to the table", async () => {
    const { items } = await world({ requests: [active] }).list(alice);
    for (const name of ["sequence", "pushBy", "endedAt"]) expect(items[0]).not.toHaveProperty(name);
  });
});

describe("a target that fails", () => {
  const far = { accountId: "444455556666", region: "eu-west-1" };
  const failed = [{ ...far, code: "upstream-unavailable" }];
  const farAway = { ...web, ...far };
  const theirs = pending({ scope: { ...far, instanceId: web.instanceId } });
  const own = pending({ scope: { ...far, instanceId: web.instanceId }, subject: "alice" });
  const here = pending();
  const requests = [theirs, own, here];

  test.each<[sentence: string, world: Omit<World, "requests">, seen: readonly AccessRequest[], says: object]>([
    ["nothing to a caller who could not see the instance", { policy: unseen }, [own], {}],
    ["nothing of an instance that is not remembered", { fleet: [web] }, [own, here], {}],
    ["nothing, if it works", { failed: [] }, requests, {}],
    ["that entries may be missing, to a caller who could see one", {}, [own, here], { incomplete: failed }],
  ])("says %s", async (_, rest, seen, says) => {
    const page = await world({ requests, fleet: [web, farAway], failed, ...rest }).list(alice);
    const { items, ...more } = page;
    expect([items.map(({ id }) => id), more]).toEqual([seen.map(({ id }) => id), says]);
  });
});

describe("not reviewable", () => {
  const reviewed = [{ reviewer: "bob", decision: "approve", at: minutes(-1) }] as const;
  test.each<[sentence: string, changes: AccessChanges, answers?: Parameters<typeof fakePolicy>[0]]>([
    ["a request for the caller", { subject: "bob" }],
    ["a request by the caller", { requestedBy: "bob" }],
    ["a request that the caller has reviewed", { reviews: [...reviewed] }],
    ["a request that policy does not let the caller review", {}, { review: false }],
    ["a request that the caller may review but not view", {}, { view: false }],
    ["an active request", { status: "active", expiresAt: minutes(1) }],
    ["a denied request", { status: "denied" }],
    ["a request that has timed out", { pendingUntil: now.toISOString() }],
    ["a request for an instance that no longer exists", { instanceId: "i-00000009" }],
  ])("%s", async (_, changes, ...[answers]) => {
    const theOther = pending();
    const { ids } = world({ requests: [pending(changes), theOther], policy: fakePolicy(answers) });
    const isDeniedToo = answers !== undefined;
    expect(await ids(bob, { reviewable: "true" })).toEqual(isDeniedToo ? [] : [theOther.id]);
  });

  test("nothing is both reviewable and active", async () => {
    const { ids } = world({ requests: [pending()] });
    expect(await ids(bob, { reviewable: "true", status: "active" })).toEqual([]);
  });

  test("requests that wait for the caller are reviewable, and policy gets the same input as for a review", async () => {
    const other = { reviewer: "erin", decision: "approve", at: minutes(-1) } as const;
    const one = pending({ reviews: [other], requestedBy: "111122223333/ChatBot", breakGlass: false });
    const policy = fakePolicy();
    expect(await world({ requests: [one], policy }).ids(bob, { reviewable: "true" })).toEqual([one.id]);
    expect(policy.questions.find(({ action }) => action === "review")?.context).toEqual({
      sourceIp: { __extn: { fn: "ip", arg: "192.0.2.1" } },
      scope: "instance",
      osUser: "ec2-user",
      subject: "carol",
      requestedBy: "111122223333/ChatBot",
      breakGlass: false,
      time,
    });
  });
});

describe("the list reads only", () => {
  const onWeb = ["open instance", "ended instance"].map((each) => `${each} ${web.instanceId}`);
  const active = ["active", "active-for-tags", "extending", "scheduled"];
  test.each<[sentence: string, query: object, partitions: readonly string[]]>([
    ["those that are pending, if the filter is pending", { status: "pending" }, ["pending"]],
    [
      "those that are pending or whose extension is, and active ones for tags, if the filter is reviewable",
      { reviewable: "true" },
      ["pending", "extending", "active-for-tags"],
    ],
    ["those that are active or may have started, if the filter is active", { status: "active" }, active],
    ["those that are scheduled, if the filter is scheduled", { status: "scheduled" }, ["scheduled"]],
    ["those that are denied, if the filter is denied", { status: "denied" }, ["denied"]],
    [
      "those that have expired or may have, if the filter is expired",
      { status: "expired" },
      ["expired", "pending", ...active],
    ],
    ["those of a subject", { subject: "dave" }, ["open subject dave", "ended subject dave"]],
    ["open ones of a subject", { subject: "dave", status: "active" }, ["open subject dave"]],
    ["ended ones of a subject", { subject: "dave", status: "revoked" }, ["ended subject dave"]],
    [
      "those of a subject that may have expired",
      { subject: "dave", status: "expired" },
      ["open subject dave", "ended subject dave"],
    ],
    ["those for an instance", { instanceId: web.instanceId }, onWeb],
    ["open ones for an instance", { instanceId: web.instanceId, reviewable: "true" }, onWeb.slice(0, 1)],
    [
      "those of a subject, if an instance is named too",
      { subject: "dave", instanceId: "i-00000002", status: "denied" },
      ["ended subject dave"],
    ],
    ["all, without a filter", {}, ["all"]],
  ])("%s", async (_, query, expected) => {
    const { list, partitions } = world({ requests: [pending()] });
    await list(bob, query);
    expect(partitions).toEqual([expected]);
  });

  const own = ["open subject bob", "ended subject bob", "open requester bob", "ended requester bob"];
  const blind = samplePolicies;
  const guest = person("bob", "Guest");
  test.each<[sentence: string, query: object, partitions: readonly string[]]>([
    ["without a filter", {}, own],
    ["of a status", { status: "active" }, ["open subject bob", "open requester bob"]],
    ["of another subject, which they may have asked for", { subject: "dave" }, own],
    ["of themselves", { subject: "bob" }, ["open subject bob", "ended subject bob"]],
  ])("a caller's own, who can view no instance: %s", async (_, query, expected) => {
    const { list, partitions } = world({ requests: [], policy: blind });
    await list(guest, query);
    expect(partitions).toEqual([expected]);
  });

  test("a caller's own, if the instance that is named is hidden: nothing tells how many requests there are for it", async () => {
    const mine = Array.from({ length: 1000 }, () =>
      pending({ subject: "bob", scope: { ...web, instanceId: "i-00000002" } }),
    );
    const pages = [0, 1, 101, 1000].map(async (count) => {
      const theirs = Array.from({ length: count }, () => pending());
      const { list, partitions } = world({ requests: [...theirs, ...mine], policy: unseen });
      const { items, nextCursor } = await list(bob, { instanceId: web.instanceId });
      return { items, hasCursor: nextCursor !== undefined, partitions };
    });
    const same = { items: [], hasCursor: true, partitions: [onWeb, own, own, own, own] };
    expect(await Promise.all(pages)).toEqual([same, same, same, same]);
  });
});

test("a cursor that Latchkey did not issue is refused, and nothing is read", async () => {
  const { list, partitions } = world({ requests: [pending()] });
  expect(await problemFrom(() => list(alice, { cursor: "A" }))).toMatchObject({ code: "invalid-request" });
  expect(partitions).toEqual([]);
});
