import { expect, test } from "@jest/globals";
import { whereToLook } from "../../../lambda/instances/where-to-look.ts";
import type { SyncStatus } from "../../../lambda/inventory/ports.ts";
import type { Partition } from "../../../lambda/inventory/rows.ts";
import type { Trait } from "../../../lambda/policy/narrow.ts";

const [one, two] = ["111122223333", "444455556666"];
const env = (value: string) => ({ tags: { env: value } });
const inEnv = (value: string, accountId?: string) => ({ accountId, tag: { key: "env", value } });
const inOne = { accountId: one, region: "us-east-1" };
const synced = (accountId: string, ...indexedTags: string[]): SyncStatus => ({
  ...{ accountId, region: "us-east-1", indexedTags },
  syncedAt: new Date(0),
});
const current = [synced(one, "env"), synced(two, "env")];

type Row = [
  sentence: string,
  filter: object,
  traits: readonly Trait[] | undefined,
  syncs: readonly SyncStatus[],
  expected: readonly Partition[],
];
test.each<Row>([
  ["nowhere, if nothing can be seen", { address: "10.0.0.1" }, [], current, []],
  ["everywhere, if anything can be seen", {}, undefined, current, [{}]],
  ["in an account that is asked for", { accountId: one }, undefined, current, [{ accountId: one }]],
  ["among those in a rare state", { state: "stopped" }, undefined, current, [{ state: "stopped" }]],
  [
    "among those of a tag in a rare state",
    { state: "stopped" },
    [env("dev")],
    current,
    [{ ...inEnv("dev"), state: "stopped" }],
  ],
  ["in a region that is asked for", { region: "eu-west-1" }, undefined, current, [{ region: "eu-west-1" }]],
  [
    "in a target that is asked for, by a tag",
    { accountId: one, region: "us-east-1" },
    [env("dev")],
    current,
    [{ ...inOne, ...inEnv("dev", one) }],
  ],
  ["not among those in the usual state", { state: "running" }, undefined, current, [{}]],
  ["at an address", { address: "2001:DB8:0::1" }, [env("dev")], current, [{ address: "2001:db8::1" }]],
  ["by a tag that is asked for", { tags: [{ key: "env", value: "x" }] }, undefined, current, [inEnv("x")]],
  ["not by a tag that is not indexed", { tags: [{ key: "team", value: "x" }] }, undefined, current, [{}]],
  ["not by a tag before there was a sync", { tags: [{ key: "env", value: "x" }] }, undefined, [], [{}]],
  ["by what can be seen", {}, [env("dev"), env("prod")], current, [inEnv("dev"), inEnv("prod")]],
  ["by it once", {}, [env("dev"), { tags: { env: "dev", team: "a" } }], current, [inEnv("dev")]],
  ["by it in an account", { accountId: one }, [env("dev")], current, [inEnv("dev", one)]],
  ["in an account that can be seen", {}, [{ tags: {}, accountId: two }], current, [{ accountId: two }]],
  ["nowhere, if that is another", { accountId: one }, [{ tags: {}, accountId: two }], current, []],
  [
    "by what can be seen and is asked for",
    { tags: [{ key: "env", value: "dev" }] },
    [env("dev"), env("prod")],
    current,
    [inEnv("dev")],
  ],
  ["everywhere, if more than four can be seen", {}, ["a", "b", "c", "d", "e"].map(env), current, [{}]],
  [
    "also where the last sync did not know the tag",
    {},
    [env("dev")],
    [synced(one), current[1] as SyncStatus],
    [inEnv("dev"), { accountId: one, region: "us-east-1" }],
  ],
  [
    "not there, if it is not asked for",
    { accountId: two },
    [env("dev")],
    [synced(one), current[1] as SyncStatus],
    [inEnv("dev", two)],
  ],
  ["there alone, if it is asked for", { accountId: one }, [env("dev")], [synced(one)], [inEnv("dev", one), inOne]],
  [
    "not where there was no sync",
    {},
    [env("dev")],
    [{ accountId: one, region: "us-east-1", code: "x" }],
    [inEnv("dev")],
  ],
  ["everywhere, if too many did not know it", {}, [env("dev")], ["1", "2", "3", "4"].map((each) => synced(each)), [{}]],
])("a list looks %s", (_, filter, traits, syncs, expected) => {
  expect(whereToLook({ tags: [], ...filter }, traits, syncs)).toEqual(expected);
});
