import { describe, expect, test } from "@jest/globals";
import { inventoryReader, inventoryTargets } from "../../../../lambda/aws/dynamodb/inventory-reads.ts";
import { inventoryStore } from "../../../../lambda/aws/dynamodb/inventory-table.ts";
import { type Partition, placeOf, rangeOf } from "../../../../lambda/inventory/rows.ts";
import { type Instance, instanceKey } from "../../../../lambda/shared/instance.ts";
import { inventoryTableName } from "../../../../local/aws/roles.ts";
import { later } from "../../../support/access-requests.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { web } from "../../../support/samples.ts";

const embedded = useEmbeddedTable();
const { signal } = new AbortController();
const table = { ...boundTable, name: inventoryTableName };
const store = inventoryStore({ ...table, indexedTags: ["env"] });
const reader = inventoryReader(table);

const instance = (name: string, more: Partial<Instance> = {}): Instance => ({
  ...web,
  tags: { Name: name, env: "dev" },
  ...more,
});
const inIreland = { accountId: "444455556666", region: "eu-west-1" };

/** The names at the hits of a partition. */
async function namesIn(partition: Partition, range = rangeOf({}), limit = 100): Promise<string[]> {
  const { hits } = await reader.findHits(partition, range, limit, signal);
  return hits.map(({ place }) => place.split("\0")[0] ?? "");
}

const writes = () =>
  embedded.service.requests.filter(({ headers }) => /Put|Update|Delete/.test(String(headers["x-amz-target"])));

async function known(target: { accountId: string; region: string }) {
  const found: string[] = [];
  for await (const { instanceId } of store.knownIn(target, signal)) found.push(instanceId);
  return found;
}

describe("an instance is found", () => {
  const ip = { addresses: [{ address: "10.0.0.9", kind: "private", dnsName: "IP-10-0-0-9.ec2.internal" }] } as const;

  test.each<[by: string, partition: Partition]>([
    ["all instances", {}],
    ["its account", { accountId: "111122223333" }],
    ["an indexed tag", { tag: { key: "env", value: "dev" } }],
    ["that tag in its account", { accountId: "111122223333", tag: { key: "env", value: "dev" } }],
    ["a state that few have", { state: "stopped" }],
    ["an address", { address: "10.0.0.9" }],
    ["a DNS name, in any case", { address: "ip-10-0-0-9.EC2.internal" }],
    ["a private name without its domain", { address: "ip-10-0-0-9" }],
    ["its id", { instanceId: web.instanceId }],
  ])("by %s", async (_, partition) => {
    await store.remember([instance("a", { state: "stopped", ...ip })], later(0), signal);
    expect(await namesIn(partition)).toEqual(["a"]);
  });

  test.each<[by: string, partition: Partition]>([
    ["another account", { accountId: "444455556666" }],
    ["another value", { tag: { key: "env", value: "Dev" } }],
    ["a tag that is not indexed", { tag: { key: "Name", value: "a" } }],
    ["the state of most", { state: "running" }],
    ["a public name without its domain", { address: "ec2-203-0-113-10" }],
    ["another id", { instanceId: "i-00000000" }],
  ])("not by %s", async (_, partition) => {
    await store.remember([instance("a")], later(0), signal);
    expect(await namesIn(partition)).toEqual([]);
  });

  test("in the order of its name's bytes, by name, prefix and page", async () => {
    const lastOfAll = "\u{10ffff}".repeat(128);
    const names = ["web-1", "web-10", "web", "", "\u{1f600}", "\uffee", "a".repeat(256), "ü".repeat(256), lastOfAll];
    const fleet = names.map((name, index) => instance(name, { instanceId: `i-0000000${index}` }));
    await store.remember(fleet, later(0), signal);
    expect(await namesIn({}, rangeOf({ name: "web" }))).toEqual(["web"]);
    expect(await namesIn({}, rangeOf({ namePrefix: "web-1" }))).toEqual(["web-1", "web-10"]);
    const all = await namesIn({});
    expect(all).toEqual([
      "",
      "a".repeat(256),
      "web",
      "web-1",
      "web-10",
      "ü".repeat(256),
      "\uffee",
      "\u{1f600}",
      lastOfAll,
    ]);
    for (const name of names) expect(await namesIn({}, rangeOf({ name }))).toEqual([name]);
    expect(await namesIn({}, rangeOf({ namePrefix: lastOfAll }))).toEqual([lastOfAll]);

    const paged: string[] = [];
    let after: string | undefined;
    for (let hasMore = true; hasMore; ) {
      const page = await reader.findHits({}, rangeOf({}, after), 3, signal);
      expect(page.hits).toHaveLength(3);
      paged.push(...page.hits.map(({ place }) => place.split("\0")[0] ?? ""));
      after = page.hits.at(-1)?.place;
      hasMore = page.hasMore;
    }
    expect(paged).toEqual(all);
  });

  test("in every target that has its id", async () => {
    const { findTargets } = inventoryTargets(table);
    expect(await findTargets(web.instanceId, signal)).toEqual([]);
    await store.remember([instance("a")], later(0), signal);
    await store.remember([instance("b")], later(60), signal);
    expect(await findTargets(web.instanceId, signal)).toEqual([{ accountId: "111122223333", region: "us-east-1" }]);
    await store.remember([instance("c", inIreland)], later(60), signal);
    expect(await findTargets(web.instanceId, signal)).toHaveLength(2);
  });
});

describe("a change", () => {
  test("writes nothing if there is none, in any order of tags", async () => {
    await store.remember([instance("a")], later(0), signal);
    const before = writes().length;
    await store.remember([instance("a", { tags: { env: "dev", Name: "a" } })], later(600), signal);
    expect(writes()).toHaveLength(before);
  });

  test("of the state writes the instance alone", async () => {
    await store.remember([instance("a")], later(0), signal);
    const before = writes().length;
    await store.remember([instance("a", { availabilityZone: "us-east-1b" })], later(600), signal);
    expect(writes()).toHaveLength(before + 1);
    const observed = (await reader.readObserved([web], signal)).get(instanceKey(web));
    expect(observed).toEqual({ instance: instance("a", { availabilityZone: "us-east-1b" }), observedAt: later(600) });
  });

  test("of name and tags leaves no row of the former ones", async () => {
    await store.remember([instance("a")], later(0), signal);
    await store.remember([instance("b", { tags: { Name: "b", env: "prod" } })], later(60), signal);
    expect(await namesIn({})).toEqual(["b"]);
    expect(await namesIn({ tag: { key: "env", value: "dev" } })).toEqual([]);
    expect(await namesIn({ tag: { key: "env", value: "prod" } })).toEqual(["b"]);
  });

  test("of the indexed tags writes the rows again", async () => {
    await store.remember([instance("a")], later(0), signal);
    const other = inventoryStore({ ...table, indexedTags: ["Name"] });
    await other.remember([instance("a")], later(60), signal);
    expect(await namesIn({ tag: { key: "env", value: "dev" } })).toEqual([]);
    expect(await namesIn({ tag: { key: "Name", value: "a" } })).toEqual(["a"]);
  });

  test("that is older than what is known is none", async () => {
    await store.remember([instance("new")], later(60), signal);
    await store.remember([instance("old")], later(0), signal);
    await store.forget([web], later(0), signal);
    expect(await namesIn({})).toEqual(["new"]);
  });

  test("is complete if two of them overtake each other, and if a response is lost", async () => {
    await store.remember([instance("a")], later(0), signal);
    embedded.service.respond(embedded.applied, embedded.applied, embedded.appliedThenLost, embedded.appliedThenLost);
    await Promise.all([3, 1, 2].map((each) => store.remember([instance(`at ${each}`)], later(each * 60), signal)));
    const found = await reader.readObserved([web], signal);
    expect(found.get(instanceKey(web))?.instance.tags["Name"]).toBe("at 3");
    expect(await namesIn({})).toContain("at 3");
  });
});

test("a late deletion takes no row that a newer observation has put again", async () => {
  await store.remember([instance("a")], later(0), signal);
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isHeld = true;
  embedded.service.respondAlways(async (request) => {
    if (isHeld && String(request.headers["x-amz-target"]).endsWith(".DeleteItem")) {
      reached.resolve();
      await released.promise;
    }
    return embedded.applied(request);
  });
  const late = store.remember([instance("b")], later(60), signal);
  await reached.promise;
  isHeld = false;
  await store.remember([instance("a")], later(120), signal);
  released.resolve();
  await late;
  expect([await namesIn({}), await known(web)]).toEqual([["a"], [web.instanceId]]);
});

describe("an instance that is gone", () => {
  test("is found no more, and a slow writer does not bring it back", async () => {
    await store.remember([instance("a")], later(0), signal);
    await store.forget([web], later(120), signal);
    await store.remember([instance("b")], later(60), signal);
    expect([await namesIn({}), await known(web), (await reader.readObserved([web], signal)).size]).toEqual([[], [], 0]);
  });

  test("is found again if it is seen again", async () => {
    await store.remember([instance("a")], later(0), signal);
    await store.forget([web], later(60), signal);
    await store.remember([instance("a")], later(120), signal);
    expect(await namesIn({ tag: { key: "env", value: "dev" } })).toEqual(["a"]);
  });

  test("need not have been known", async () => {
    await store.forget([web], later(0), signal);
    expect(writes()).toHaveLength(0);
  });

  test("is forgotten by who finds a rest of it", async () => {
    await store.remember([instance("a")], later(0), signal);
    const { pk, sk } = { pk: "list#111122223333/us-east-1#", sk: placeOf(instance("a")) };
    await store.forget([web], later(60), signal);
    await embedded.seed([{ pk, sk, observedAt: later(0).toISOString(), v: 1 }], inventoryTableName);
    expect(await known(web)).toEqual([web.instanceId]);
    await store.forget([web], later(120), signal);
    expect(await known(web)).toEqual([]);
  });
});

test("what is known in a target is not what is known in another one of its account", async () => {
  const elsewhere = instance("b", { region: "eu-west-1", instanceId: "i-0e000000" });
  await store.remember([instance("a"), elsewhere], later(0), signal);
  expect(await known(web)).toEqual([web.instanceId]);
  expect(await known(elsewhere)).toEqual(["i-0e000000"]);
});

test("a target's status has the last sync that saw all of it, and why a later one failed", async () => {
  expect(await reader.readSyncs(signal)).toEqual([]);
  await store.noteSync(inIreland, { at: later(0) }, signal);
  const failure = { code: "aws-refused", failures: 2 };
  await store.noteSync(inIreland, { at: later(60), failure }, signal);
  await store.noteSync(inIreland, { at: later(30) }, signal);
  expect(await reader.readSyncs(signal)).toEqual([
    { ...inIreland, syncedAt: later(0), indexedTags: ["env"], failedAt: later(60), ...failure },
  ]);
  await store.noteSync(inIreland, { at: later(120) }, signal);
  expect(await reader.readSyncs(signal)).toEqual([{ ...inIreland, syncedAt: later(120), indexedTags: ["env"] }]);
});

test("the status of every target is read, however much it is", async () => {
  const indexedTags = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(128, "x"));
  const { noteSync } = inventoryStore({ ...table, indexedTags });
  const targets = Array.from({ length: 180 }, (_, index) => ({ ...inIreland, accountId: String(1e11 + index) }));
  await Promise.all(targets.map((target) => noteSync(target, { at: later(0) }, signal)));
  expect((await reader.readSyncs(signal)).map(({ accountId }) => accountId)).toEqual(
    targets.map(({ accountId }) => accountId),
  );
});

test("of a target that is no longer served nothing is kept, even if that is done twice", async () => {
  await store.noteSync(inIreland, { at: later(0) }, signal);
  await store.forgetSync(web, signal);
  expect(await reader.readSyncs(signal)).toHaveLength(1);
  await store.forgetSync(inIreland, signal);
  await store.forgetSync(inIreland, signal);
  expect(await reader.readSyncs(signal)).toEqual([]);
});
