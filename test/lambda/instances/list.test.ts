import { describe, expect, test } from "@jest/globals";
import { instancePage, instanceQuery } from "../../../contract/instance.ts";
import { listInstances } from "../../../lambda/instances/list.ts";
import { placeOf } from "../../../lambda/inventory/rows.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { keys } from "../../fixtures/keys.ts";
import { later } from "../../support/access-requests.ts";
import { walk } from "../../support/fake-index.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { type ListWorld, listWorld, namedFleet, network } from "../../support/list-world.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, person, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const settings = { defaultOsUser: "ec2-user", fips: false, serialConsole: false };
const idsOf = (page: { items: readonly { instanceId: string }[] }) => page.items.map(({ instanceId }) => instanceId);
const id = (index: number) => `i-${index.toString(16).padStart(8, "0")}`;
const elsewhere = { accountId: "444455556666", region: "eu-west-1" };

const asked = (world: ReturnType<typeof listWorld>, query: object = {}, caller = alice) =>
  listInstances(world.ports, settings, { caller, ...instanceQuery.parse(query) }, world.context);
const list = (world: ListWorld, query: object = {}) => asked(listWorld(world), query);

const seeing = (...ids: readonly string[]) =>
  fakePolicy({ view: ({ resource }) => ids.some((each) => resource.uid.id.endsWith(`/${each}`)) });

/** Follows the cursors to the end. @returns the ids of every page. */
const pagesOf = (world: ReturnType<typeof listWorld>, query: object) =>
  walk(async (cursor) => {
    const page = await asked(world, { ...query, ...(cursor && { cursor }) });
    return { items: idsOf(page), nextCursor: page.nextCursor };
  });

describe("not listed", () => {
  const fleet = namedFleet(3, (index) => (index === 2 ? elsewhere : {}));

  test("instances that the caller may not view", async () => {
    expect(idsOf(await list({ fleet, policy: seeing(id(1)) }))).toEqual([id(1)]);
  });

  test.each<[sentence: string, query: object, expected: string[]]>([
    ["another account's instances", { accountId: elsewhere.accountId }, [id(2)]],
    ["another region's", { region: elsewhere.region }, [id(2)]],
    ["another target's", { accountId: "111122223333", region: elsewhere.region }, []],
  ])("%s, if the request names one", async (_, query, expected) => {
    expect(idsOf(await list({ fleet }, query))).toEqual(expected);
  });

  test("instances of a target that is no longer in the settings", async () => {
    const world = listWorld({ fleet, isServed: ({ region }) => region === "us-east-1" });
    expect(idsOf(await asked(world))).toEqual([id(0), id(1)]);
    expect(world.counts.items).toBe(2);
  });

  test("what a row says that an interrupted write has left", async () => {
    const former = { pk: "list#/#", sk: placeOf({ ...web, tags: { Name: "former" } }) };
    const gone = { pk: "list#/#", sk: placeOf({ ...web, instanceId: "i-0000dead", tags: {} }) };
    const page = await list({ fleet: [web], leftRows: [former, gone] });
    expect(page.items.map(({ name }) => name)).toEqual(["web-1"]);
  });

  test("host keys are read for the returned instances only", async () => {
    const some = listWorld({ fleet, policy: seeing(id(1)) });
    await asked(some);
    expect(some.hostKeyReads).toEqual([[id(1)]]);
    const none = listWorld({ fleet, policy: fakePolicy({ view: false }) });
    await asked(none);
    expect(none.hostKeyReads).toEqual([]);
  });
});

test("a cursor that Latchkey did not issue is refused", async () => {
  expect(await problemFrom(() => list({ fleet: [] }, { cursor: "A" }))).toMatchObject({ code: "invalid-request" });
});

describe("filters", () => {
  const fleet = namedFleet(6, (index) => ({
    tags: { env: index % 2 === 0 ? "dev" : "prod", "*": "?" },
    state: index === 5 ? "stopped" : "running",
    addresses: [{ address: `2001:db8::${index + 1}`, kind: "ipv6" }],
    privateDnsName: `ip-10-0-0-${index}.ec2.internal`,
  }));

  test.each<[sentence: string, query: object, expected: number[]]>([
    ["a name", { name: "host-00000003" }, [3]],
    ["the start of a name", { name: "host-0000000" }, []],
    ["a prefix", { namePrefix: "host-0000000" }, [0, 1, 2, 3, 4, 5]],
    ["a prefix in another case", { namePrefix: "Host" }, []],
    ["a prefix and no wildcard", { namePrefix: "host*" }, []],
    ["a tag that is indexed", { tags: [{ key: "env", value: "dev" }] }, [0, 2, 4]],
    ["a tag that is not", { tags: [{ key: "*", value: "?" }] }, [0, 1, 2, 3, 4, 5]],
    [
      "two tags",
      {
        tags: [
          { key: "*", value: "?" },
          { key: "env", value: "prod" },
        ],
      },
      [1, 3, 5],
    ],
    ["a state that few have", { state: "stopped" }, [5]],
    ["the state of most", { state: "running" }, [0, 1, 2, 3, 4]],
    ["an address in another spelling", { address: "2001:DB8:0:0::2" }, [1]],
    ["a private DNS name", { address: "IP-10-0-0-2.ec2.internal" }, [2]],
    ["a private DNS name without its domain", { address: "ip-10-0-0-2" }, [2]],
    ["several", { namePrefix: "host", state: "running", tags: [{ key: "env", value: "prod" }] }, [1, 3]],
  ])("%s", async (_, query, expected) => {
    expect(idsOf(await list({ fleet, indexedTags: ["env"] }, query))).toEqual(expected.map(id));
  });
});

describe("pages", () => {
  const fleet = namedFleet(7);

  test("follow each other by name, and the last has no cursor", async () => {
    expect((await pagesOf(listWorld({ fleet }), { limit: "2" })).map((page) => page.length)).toEqual([2, 2, 2, 1]);
    expect(await pagesOf(listWorld({ fleet }), { limit: "7" })).toHaveLength(1);
    expect((await pagesOf(listWorld({ fleet }), { limit: "3" })).flat()).toEqual(fleet.map((each) => each.instanceId));
  });

  test("are not empty because of instances that the caller may not view", async () => {
    expect(await pagesOf(listWorld({ fleet, policy: seeing(id(6)) }), { limit: "5" })).toEqual([[id(6)]]);
  });

  test("look at a thousand instances at most, and may then be short or empty, with a cursor", async () => {
    const world = listWorld({ fleet: namedFleet(1001), policy: seeing(id(1000)) });
    expect(await pagesOf(world, { limit: "50" })).toEqual([[], [id(1000)]]);
    // Besides how syncs ended, which each page reads.
    expect(world.counts).toMatchObject({ items: 1001, queries: 4 + 1 + 2 });
  });

  test("take no further query near their deadline, and go on by their cursor", async () => {
    const world = listWorld({ fleet: namedFleet(251), policy: seeing(id(250)) });
    const late = testContext({ deadlineAt: testContext().clock() });
    expect((await pagesOf({ ...world, context: late }, { limit: "100" })).at(-1)).toEqual([id(250)]);
    expect(world.counts.items).toBe(251);
  });

  test("go on behind an instance that is gone, or has moved, since", async () => {
    const { nextCursor } = await list({ fleet }, { limit: "3" });
    const changed = fleet.filter((_, index) => index !== 2 && index !== 4);
    expect(idsOf(await list({ fleet: changed }, { cursor: nextCursor }))).toEqual([id(3), id(5), id(6)]);
  });

  test("a response matches the contract, host keys and the time of the observation included", async () => {
    const observedAt = "2026-01-01T00:00:00.000Z";
    const hostKeys = new Map([[id(0), [{ key: keys.ed25519, source: "registered" as const, observedAt }]]]);
    const page = await list({ fleet, hostKeys }, { limit: "1" });
    expect(instancePage.parse(page)).toEqual(page);
    expect(page.items[0]).toMatchObject({
      hostKeys: [{ key: keys.ed25519, trust: "high" }],
      observedAt: later(0).toISOString(),
    });
  });

  test("an instance was last observed by the sync that last saw all of its target", async () => {
    const sync = (at: number) => ({
      accountId: "111122223333",
      region: "us-east-1",
      syncedAt: later(at),
      indexedTags: [],
    });
    const timeOf = async (at: number) => (await list({ fleet, syncs: [sync(at)] })).items[0]?.observedAt;
    expect(await timeOf(600)).toBe(later(600).toISOString());
    expect(await timeOf(-600)).toBe(later(0).toISOString());
  });
});

describe("the cost of a page of what policy tells by tags", () => {
  const world = (count: number) =>
    listWorld({
      fleet: namedFleet(count, (index) => ({
        tags: { env: ["dev", "prod", "restricted", "test"][index % 4] ?? "" },
        // The last three.
        ...(index >= count - 12 && index % 4 === 0 && { ...elsewhere, state: "stopped" }),
      })),
      indexedTags: ["env"],
      policy: samplePolicies,
    });
  const [small, large] = [world(1000), world(100_000)];
  const costs = async (of: ReturnType<typeof listWorld>, query: object) => {
    const before = { ...of.counts };
    const page = await asked(of, query);
    const { queries, hits, batches, items } = of.counts;
    return {
      ...{ queries: queries - before.queries, hits: hits - before.hits, batches: batches - before.batches },
      ...{ items: items - before.items, length: page.items.length },
    };
  };

  test.each<[sentence: string, query: object, expected: object]>([
    ["a page", {}, { queries: 3, hits: 504, batches: 1, items: 51, length: 50 }],
    ["the longest page", { limit: "100" }, { queries: 3, hits: 504, batches: 2, items: 101, length: 100 }],
    ["a name", { name: "host-000000fc" }, { queries: 3, hits: 1, batches: 1, items: 1, length: 1 }],
    ["an address", { address: "10.255.0.1" }, { queries: 2, hits: 0, batches: 0, items: 0, length: 0 }],
    ["an account", { accountId: "111122223333" }, { queries: 3, hits: 504, batches: 1, items: 51, length: 50 }],
    ["a rare state", { state: "stopped" }, { queries: 3, hits: 3, batches: 1, items: 3, length: 3 }],
    ["a small account", { accountId: elsewhere.accountId }, { queries: 3, hits: 3, batches: 1, items: 3, length: 3 }],
    ["a small region", { region: elsewhere.region }, { queries: 3, hits: 3, batches: 1, items: 3, length: 3 }],
    [
      "a small target in a state",
      { ...elsewhere, state: "stopped" },
      { queries: 3, hits: 3, batches: 1, items: 3, length: 3 },
    ],
    ["a prefix", { namePrefix: "host-0000000" }, { queries: 3, hits: 8, batches: 1, items: 8, length: 8 }],
    ["a tag", { tags: [{ key: "env", value: "prod" }] }, { queries: 2, hits: 252, batches: 1, items: 51, length: 50 }],
  ])("is the same with a thousand and with a hundred thousand instances: %s", async (_, query, expected) => {
    // A thousand have 250 of each.
    const counted = await costs(large, query);
    expect(counted).toEqual(expected);
    const { hits, ...others } = await costs(small, query);
    expect({ ...others, isLess: hits <= counted.hits }).toEqual({ ...others, isLess: true });
    expect({ ...counted, hits }).toEqual({ hits, ...others });
  });

  test("is the same with a thousand and with a hundred thousand instances: where an id is", async () => {
    for (const { finder, counts, context } of [small, large]) {
      const before = { ...counts };
      expect(await finder.findTargets(id(7), context.deadline.signal)).toHaveLength(1);
      expect(counts).toEqual({ ...before, queries: before.queries + 1, hits: before.hits + 1 });
    }
  });

  describe("for a caller who may view all", () => {
    const seesAll = (count: number) =>
      listWorld({
        fleet: namedFleet(count, (index) => (index >= count - 3 ? { ...elsewhere, state: "stopped" } : {})),
      });
    const both = [seesAll(1000), seesAll(100_000)] as const;
    test.each<[sentence: string, query: object, length: number]>([
      ["a page", {}, 50],
      ["a rare state", { state: "stopped" }, 3],
      ["an account", { accountId: elsewhere.accountId }, 3],
      ["a region", { region: elsewhere.region }, 3],
      ["a target", elsewhere, 3],
      ["a name", { name: "host-00000007" }, 1],
    ])("%s", async (_, query, length) => {
      const [few, many] = [await costs(both[0], query), await costs(both[1], query)];
      expect(many).toEqual(few);
      expect(many).toMatchObject({ queries: 2, batches: 1, length });
    });
  });

  test("is two round trips for a caller who may view nothing", async () => {
    const before = { ...large.counts };
    expect(await asked(large, {}, person("carol", "Guest"))).toEqual({ items: [] });
    expect(large.counts).toEqual({ ...before, queries: before.queries + 1 });
  });
});

describe("a target that does not respond", () => {
  const fleet = namedFleet(2, (index) => (index === 1 ? { ...elsewhere, publicIpAddress: undefined } : {}));
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Problem("deadline-exceeded"))));
  const broken = {
    describeEndpoints: () => Promise.reject(new Problem("upstream-unavailable")),
    readImageNames: () => Promise.reject(new Problem("upstream-unavailable")),
  };

  test.each([
    ["fails", broken],
    ["hangs", { ...network, describeEndpoints: untilAborted }],
    [
      "waits for credentials, which hear of no deadline",
      { ...network, describeEndpoints: () => new Promise<never>(() => {}) },
    ],
  ])("leaves its instances on the page, and says that its endpoints are unknown: it %s", async (_, of) => {
    const page = await list({ fleet, networkOf: ({ region }) => (region === "eu-west-1" ? of : network) });
    expect(page.items.map(({ connectionOptions }) => connectionOptions[1])).toMatchObject([
      { connectionType: "eice", usable: true },
      { connectionType: "eice", usable: false, reason: expect.stringContaining("were not read") },
    ]);
  });

  test("takes no part of what is read of many", async () => {
    const many = namedFleet(40, (index) => ({ region: `eu-west-${index % 20}` }));
    const world = listWorld({ fleet: many });
    expect((await asked(world)).items).toHaveLength(40);
    expect(world.networks).toHaveLength(16);
  });
});

describe("targets whose sync has failed", () => {
  const failed = { ...elsewhere, indexedTags: ["env"], code: "upstream-unavailable" };
  const incomplete = [{ ...elsewhere, code: "upstream-unavailable" }];
  const fleet = (env: string) => namedFleet(2, (index) => (index === 1 ? { ...elsewhere, tags: { env } } : {}));
  const world = (env: string): ListWorld => ({
    fleet: fleet(env),
    syncs: [failed],
    indexedTags: ["env"],
    policy: samplePolicies,
  });

  test("are named to a caller who sees an instance there", async () => {
    expect((await list(world("dev"))).incomplete).toEqual(incomplete);
  });

  test("are named even if the page has none of their instances", async () => {
    expect(await list(world("prod"), { name: "new" })).toEqual({ items: [], incomplete });
  });

  test("are not named to others", async () => {
    expect((await list(world("restricted"))).incomplete).toBeUndefined();
    expect(await asked(listWorld(world("dev")), {}, person("carol", "Guest"))).toEqual({ items: [] });
  });

  test("are not named to a caller who sees instances in another region of the account alone", async () => {
    const nearby = { ...failed, region: "eu-north-1" };
    expect((await list({ ...world("dev"), syncs: [nearby] })).incomplete).toBeUndefined();
    expect((await list({ ...world("dev"), syncs: [nearby], indexedTags: [] })).incomplete).toBeUndefined();
  });

  test("are not named if the list is not about them, or if they are no longer served", async () => {
    expect((await list(world("dev"), { region: "us-east-1" })).incomplete).toBeUndefined();
    const isServed = ({ region }: { region: string }) => region === "us-east-1";
    expect((await list({ ...world("dev"), isServed })).incomplete).toBeUndefined();
  });

  test("take four queries of a page at most", async () => {
    const syncs = Array.from({ length: 9 }, (_, index) => ({ ...failed, region: `eu-west-${index}` }));
    const counted = listWorld({ ...world("dev"), syncs });
    await asked(counted, { name: "new" });
    expect(counted.counts.queries).toBe(1 + 2 + 4);
  });
});
