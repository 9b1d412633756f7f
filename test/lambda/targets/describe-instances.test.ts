import { describe, expect, test } from "@jest/globals";
import { KnownInstances } from "../../../lambda/lists/known-instances.ts";
import { type InstanceKey, instanceKey } from "../../../lambda/shared/instance.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { targetKey } from "../../../lambda/shared/target.ts";
import { describeInTargets } from "../../../lambda/targets/describe-instances.ts";
import { knownTargets } from "../../../lambda/targets/known-targets.ts";
import { problemFrom } from "../../support/problems.ts";
import { database, web } from "../../support/samples.ts";

const own = { partition: "aws", accountId: "111122223333", region: "us-east-1" };
const far = { accountId: "444455556666", region: "eu-west-1" };
const third = { accountId: "444455556666", region: "us-east-1" };
const served = {
  externalId: "latchkey",
  rolePath: "/",
  accounts: [{ account: far.accountId, regions: [far.region, third.region] }],
  organizationalUnits: [],
};

const nowhere = { accountId: "999999999999", region: "us-east-1", instanceId: web.instanceId };
const keys: readonly InstanceKey[] = [
  { ...own, instanceId: web.instanceId },
  { ...own, instanceId: database.instanceId },
  { ...far, instanceId: web.instanceId },
  nowhere,
];

type Behaviour = "responds" | "hangs" | "is throttled" | "is broken";

/** Each target has every instance that it is asked for, as it behaves. */
function world(behaviours: Readonly<Record<string, Behaviour>>, isAlone = false) {
  const calls: string[] = [];
  const timeouts: AbortController[] = [];
  const known = knownTargets(own, isAlone ? undefined : served);
  const describeInstances = describeInTargets(
    known,
    (target) => ({
      async describeInstances(ids) {
        calls.push(`${targetKey(target)} ${ids.length}`);
        const behaviour = behaviours[targetKey(target)] ?? "responds";
        if (behaviour === "is throttled") throw new Problem("upstream-unavailable");
        if (behaviour === "is broken") throw new TypeError("a mistake of ours");
        // It does not even hear that it is to stop.
        if (behaviour === "hangs") await new Promise(() => {});
        return new Map(ids.map((instanceId) => [instanceId, { ...web, ...target, instanceId }]));
      },
    }),
    () => {
      const timeout = new AbortController();
      timeouts.push(timeout);
      return timeout.signal;
    },
  );
  const pass = () => {
    for (const timeout of timeouts) timeout.abort();
  };
  return { describeInstances, calls, pass };
}

const { signal } = new AbortController();

describe("one target that fails", () => {
  test.each<[Behaviour]>([["is throttled"], ["hangs"]])("and %s costs its own part alone", async (behaviour) => {
    const { describeInstances, pass } = world({ [targetKey(far)]: behaviour });
    const described = describeInstances(keys, signal);
    await new Promise(setImmediate);
    pass();
    const { instances, failed } = await described;
    expect([...instances.keys()]).toEqual(keys.slice(0, 2).map(instanceKey));
    expect(failed).toEqual([{ ...far, code: "upstream-unavailable" }]);
  });

  test("is not called again for the same list", async () => {
    const { describeInstances, calls } = world({ [targetKey(far)]: "is throttled" });
    const instances = new KnownInstances(describeInstances, signal);
    await instances.learn(keys);
    await instances.learn([...keys, { ...far, instanceId: database.instanceId }]);
    expect(calls).toEqual([`${targetKey(own)} 2`, `${targetKey(far)} 1`]);
    expect(instances.unread(keys).map(({ key }) => key)).toEqual([keys[2]]);
  });

  test("is the request's own problem, if there is no other target", async () => {
    const { describeInstances } = world({ [targetKey(own)]: "is throttled" }, true);
    expect(await problemFrom(() => describeInstances(keys.slice(0, 2), signal))).toMatchObject({
      code: "upstream-unavailable",
    });
  });

  test("by a mistake of ours is no fault of AWS", async () => {
    const { describeInstances } = world({ [targetKey(far)]: "is broken" });
    await expect(describeInstances(keys, signal)).rejects.toThrow("a mistake of ours");
  });
});

test("each target is called once, for its own instances, and none that is not served", async () => {
  const { describeInstances, calls } = world({});
  const { instances, failed } = await describeInstances(keys, signal);
  expect(calls).toEqual([`${targetKey(own)} 2`, `${targetKey(far)} 1`]);
  expect([...instances.keys()]).toEqual(keys.slice(0, 3).map(instanceKey));
  expect(failed).toEqual([]);
});

test("one id in two targets is two instances", async () => {
  const instances = new KnownInstances(world({}).describeInstances, signal);
  await instances.learn(keys);
  const [one, , other] = keys.map((key) => instances.get(key));
  expect([one?.region, other?.region, instances.get({ ...third, instanceId: web.instanceId })]).toEqual([
    own.region,
    far.region,
    undefined,
  ]);
});
