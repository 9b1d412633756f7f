import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import type { Caller } from "../../contract/caller.ts";
import { instanceQuery } from "../../contract/instance.ts";
import { listInstances } from "../../lambda/instances/list.ts";
import { inOrder, placeOf } from "../../lambda/inventory/rows.ts";
import { mayView } from "../../lambda/policy/authorize.ts";
import type { TargetKey } from "../../lambda/shared/target.ts";
import { anyFleet, anyPolicies, anyViewer } from "../support/any-policies.ts";
import { listWorld } from "../support/list-world.ts";
import { engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";

const settings = { defaultOsUser: "ec2-user", fips: false, serialConsole: false };

/** The ids of every page, with each limit in turn. */
async function walk(
  world: ReturnType<typeof listWorld>,
  { caller, filter, limits }: { caller: Caller; filter: object; limits: readonly number[] },
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
    if (pages > 100) throw new Error("The cursors have no end");
    const limit = limits[pages % limits.length] ?? 1;
    const query = instanceQuery.parse({ ...filter, limit: String(limit), ...(cursor && { cursor }) });
    const page = await listInstances(world.ports, settings, { caller, ...query }, world.context);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    if (page.nextCursor !== undefined) expect(page.items).toHaveLength(limit);
    found.push(...page.items.map(({ instanceId }) => instanceId));
    cursor = page.nextCursor;
  }
  return found;
}

const targets = ["111122223333", "444455556666"].flatMap((accountId) =>
  ["us-east-1", "eu-west-1"].map((region) => ({ accountId, region })),
);
/** The target whose last sync knew other policies. */
const behind = "111122223333/us-east-1";

const filters = fc.record(
  {
    namePrefix: fc.constantFrom("a", "b"),
    state: fc.constantFrom("running", "stopped"),
    accountId: fc.constantFrom("111122223333", "444455556666"),
    region: fc.constantFrom("us-east-1", "eu-west-1"),
    tags: fc.constantFrom([{ key: "env", value: "dev" }], [{ key: "team", value: "a" }], []),
  },
  { requiredKeys: [] },
);

describe("the list of instances", () => {
  const limits = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
  /** The tags that it knew. */
  const known = fc.subarray(["env", "team", "owner"], { minLength: 0 });

  testProperty(
    "shows, over all its pages, each instance once that Cedar lets the caller view and that the filters want, by name, " +
      "under any policies, and also while they have just changed",
    { small: 80, large: 1000 },
    fc.asyncProperty(
      fc.record({ policies: anyPolicies, caller: anyViewer, fleet: anyFleet, filter: filters, limits, known }),
      async ({ policies, caller, fleet, filter, limits, known }) => {
        const policy = engineWith(policies);
        const own = [...policy.tagKeys];
        const tagsOf = ({ accountId, region }: TargetKey) => (`${accountId}/${region}` === behind ? known : own);
        const syncs = targets.map((each) => ({ ...each, syncedAt: new Date(0), indexedTags: tagsOf(each) }));
        const world = listWorld({ fleet, policy, syncs, indexedTags: own, tagsOf });
        const expected = fleet
          .filter((instance) => mayView(policy, caller, instance))
          .filter(({ accountId, region, state, tags }) => {
            const { namePrefix = "", tags: wanted = [] } = filter;
            return (
              accountId === (filter.accountId ?? accountId) &&
              region === (filter.region ?? region) &&
              state === (filter.state ?? state) &&
              (tags["Name"] ?? "").startsWith(namePrefix) &&
              wanted.every(({ key, value }) => tags[key] === value)
            );
          })
          .toSorted((one, other) => inOrder(placeOf(one), placeOf(other)));
        const found = await walk(world, { caller, filter, limits });
        expect(found).toEqual(expected.map(({ instanceId }) => instanceId));
      },
    ),
  );
});
