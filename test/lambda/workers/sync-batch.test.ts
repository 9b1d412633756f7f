import { beforeEach, describe, expect, test } from "@jest/globals";
import { instanceKey } from "../../../lambda/shared/instance.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { targetKey } from "../../../lambda/shared/target.ts";
import { accounts, far, instanceEvent, instanceOf, own, SyncWorld } from "../../support/sync-world.ts";

let world: SyncWorld;
beforeEach(() => {
  world = new SyncWorld(accounts(far));
});

const [one, two, three] = [instanceOf(own, 1), instanceOf(own, 2), instanceOf(own, 3)];
const event = (...args: Parameters<typeof instanceEvent>) => JSON.stringify(instanceEvent(...args));
const fails = (code: ConstructorParameters<typeof Problem>[0]) => async () => {
  throw new Problem(code);
};
const keysIn = (of: SyncWorld) => [...of.store.known.keys()].sort();
const outcomes = async (...bodies: readonly string[]) =>
  (await world.receive(bodies)).outcomes.map(({ outcome }) => outcome);

describe("nothing is looked at, and the message is done, that", () => {
  test.each<[sentence: string, body: string]>([
    ["is no message", "{"],
    ["is an event of an account that is not served", event({ ...one, accountId: "999999999999" })],
    ["is an event of a region that is not served", event({ ...one, region: "eu-west-1" })],
    [
      "is a page of a target that is not served",
      JSON.stringify({ kind: "page", accountId: "999999999999", region: "us-east-1", failures: 0 }),
    ],
  ])("%s", async (_, body) => {
    const { batchItemFailures, outcomes: got } = await world.receive([body]);
    expect(got.map(({ outcome }) => outcome)).toEqual(["ignored"]);
    expect([batchItemFailures, world.calls, world.queue]).toEqual([[], [], []]);
  });
});

describe("an event of an instance", () => {
  test("makes nothing known that EC2 does not show", async () => {
    expect(await outcomes(event(one))).toEqual(["looked"]);
    expect(keysIn(world)).toEqual([]);
  });

  test("makes it forgotten if EC2 no longer shows it", async () => {
    world.launch(one, two);
    await world.sync();
    world.terminate(one);
    world.pass(1);
    await world.receive([event(one)]);
    expect(keysIn(world)).toEqual([instanceKey(two)]);
  });

  test.each(["aws.ec2", "aws.tag"] as const)("of %s makes known what EC2 shows of it now", async (source) => {
    const changed = instanceOf(own, 1, { Name: "web-1", env: "prod" });
    world.launch(one, two);
    await world.sync();
    world.launch(changed);
    world.pass(1);
    await world.receive([event(one, source)]);
    expect(world.store.instances()).toEqual({ [instanceKey(one)]: changed, [instanceKey(two)]: two });
  });

  test("of another target changes nothing in this one, although the id is the same", async () => {
    world.launch(one);
    await world.sync();
    world.pass(1);
    await world.receive([event({ ...far, instanceId: one.instanceId })]);
    expect(keysIn(world)).toEqual([instanceKey(one)]);
  });

  test("and others of its target in a batch are one call", async () => {
    world.launch(one, two, instanceOf(far, 1));
    await world.receive([event(one), event(two), event(one, "aws.tag"), event(instanceOf(far, 1))]);
    expect(world.calls.map(({ target }) => target)).toEqual([targetKey(own), targetKey(far)]);
    expect(keysIn(world)).toHaveLength(3);
  });

  test("is done if its target does not respond, which is left for the next sync, and is no failure of a sync", async () => {
    world.faults.set(targetKey(own), fails("upstream-unavailable"));
    const { batchItemFailures, outcomes: got, failing } = await world.receive([event(one)]);
    expect(got).toEqual([{ target: targetKey(own), outcome: "missed", code: "upstream-unavailable" }]);
    expect([batchItemFailures, failing, await world.store.readSyncs()]).toEqual([[], [], []]);
  });
});

test("a minute of events of a target that hangs waits for it once, and its sync calls it all the same", async () => {
  world.launch(one);
  world.faults.set(targetKey(own), fails("deadline-exceeded"));
  expect(await outcomes(event(one))).toEqual(["missed"]);
  world.faults.clear();
  world.pass(59);
  expect(await outcomes(event(one), event(instanceOf(far, 1)))).toEqual(["left-to-sync", "looked"]);
  await world.sync();
  expect(keysIn(world)).toEqual([instanceKey(one)]);
  world.terminate(one);
  world.pass(1);
  expect(await outcomes(event(one))).toEqual(["looked"]);
});

describe("a sync", () => {
  test("forgets nothing if a page fails", async () => {
    world.pageSize = 1;
    world.launch(one, two, three);
    await world.sync();
    world.terminate(one);
    world.terminate(two);
    world.faults.set(targetKey(own), fails("upstream-failure"));
    world.pass(600);
    await world.sync();
    expect(keysIn(world)).toHaveLength(3);
  });

  test("forgets nothing if its message for the next page is lost", async () => {
    world.pageSize = 1;
    world.launch(one, two, three);
    await world.sync();
    world.terminate(one);
    world.pass(600);
    await world.receive([JSON.stringify({ kind: "page", accountId: own.accountId, region: own.region, failures: 0 })]);
    world.queue = [];
    expect(keysIn(world)).toHaveLength(3);
  });

  test("never forgets what was observed after it began", async () => {
    world.pageSize = 1;
    world.launch(two, three);
    world.send({
      message: { kind: "page", accountId: own.accountId, region: own.region, failures: 0 },
      delaySeconds: 0,
    });
    await world.receive([world.takeDue()?.body ?? ""]);
    world.pass(1);
    world.launch(one); // on the page that has been read
    await world.receive([event(one)]);
    for (let next = world.takeDue(); next; next = world.takeDue()) await world.receive([next.body]);
    expect(keysIn(world)).toEqual([one, two, three].map(instanceKey));
  });

  test("forgets what no page had, and knows the rest as it is", async () => {
    world.pageSize = 1;
    const changed = instanceOf(own, 2, { Name: "other" });
    world.launch(one, two);
    await world.sync();
    world.terminate(one);
    world.launch(changed, three);
    world.pass(600);
    await world.sync();
    expect(world.store.instances()).toEqual({ [instanceKey(two)]: changed, [instanceKey(three)]: three });
  });

  test("knows an instance that was terminated and launched again under its name by its new id alone", async () => {
    world.launch(one);
    await world.sync();
    world.terminate(one);
    world.launch(two);
    world.pass(600);
    await world.sync();
    expect(world.store.instances()).toEqual({ [instanceKey(two)]: two });
  });

  test("writes nothing if nothing has changed", async () => {
    world.launch(one, two);
    await world.sync();
    const { writes } = world.store;
    world.pass(600);
    await world.sync();
    expect(world.store.writes).toBe(writes);
  });

  test("reads one page after the other, a second apart", async () => {
    world.pageSize = 1;
    world.launch(one, two, three);
    await world.sync();
    const times = world.calls.filter(({ target }) => target === targetKey(own)).map(({ at }) => at.getTime());
    expect(times.map((time) => (time - (times[0] ?? 0)) / 1000)).toEqual([0, 1, 2]);
  });

  test("notes when it began, which is how old at most the inventory is", async () => {
    world.pageSize = 1;
    world.launch(one, two);
    const began = world.now;
    await world.sync();
    expect(world.store.syncs.get(targetKey(own))).toEqual({
      accountId: own.accountId,
      region: own.region,
      syncedAt: began,
    });
  });
});

describe("a target that fails", () => {
  test.each(["aws-refused", "upstream-unavailable", "upstream-failure", "deadline-exceeded"] as const)(
    "costs its own part alone, its message is done, and %s is noted",
    async (code) => {
      world.launch(one);
      world.faults.set(targetKey(far), fails(code));
      const reports = await world.sync();
      expect(reports.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
      expect(reports.flatMap(({ failing }) => failing)).toEqual([{ target: targetKey(far), code, failures: 1 }]);
      expect(world.store.syncs.get(targetKey(far))).toMatchObject({ failedAt: expect.any(Date), code, failures: 1 });
      expect(keysIn(world)).toEqual([instanceKey(one)]);
    },
  );

  test("is called less and less, and each failure is counted", async () => {
    world.faults.set(targetKey(far), fails("aws-refused"));
    const counted: number[] = [];
    for (let start = 0; start < 36; start++) {
      counted.push(...(await world.sync()).flatMap(({ failing }) => failing.map(({ failures }) => failures)));
      world.pass(600);
    }
    expect(counted).toEqual(counted.map((_, index) => index + 1));
    expect(counted.length).toBeGreaterThanOrEqual(6 + 3);
    expect(counted.length).toBeLessThanOrEqual(15);
  });

  test("keeps when it was last synced, and none of its failures once it responds again", async () => {
    const began = world.now;
    await world.sync();
    world.faults.set(targetKey(far), fails("aws-refused"));
    world.pass(600);
    await world.sync();
    expect(world.store.syncs.get(targetKey(far))?.syncedAt).toEqual(began);
    world.faults.clear();
    world.pass(600);
    await world.sync();
    expect(world.store.syncs.get(targetKey(far))).toMatchObject({ syncedAt: expect.any(Date) });
    expect(world.store.syncs.get(targetKey(far))?.failures).toBeUndefined();
  });
});

describe("a message is redelivered, and no other of its batch,", () => {
  const page = JSON.stringify({ kind: "page", accountId: own.accountId, region: own.region, failures: 0 });
  const other = event(instanceOf(far, 1));

  test.each<[sentence: string, body: string, breakWorld: () => void]>([
    [
      "if the inventory cannot be written",
      page,
      () => {
        const { remember } = world.store;
        world.store.remember = async (instances, at) => {
          if (instances.some(({ region }) => region === own.region)) throw new Problem("upstream-unavailable");
          return remember.call(world.store, instances, at);
        };
      },
    ],
    [
      "if its target's failure cannot be noted",
      page,
      () => {
        world.faults.set(targetKey(own), fails("aws-refused"));
        world.store.noteSync = fails("upstream-unavailable");
      },
    ],
    [
      "if the next page cannot be asked for",
      page,
      () => {
        world.pageSize = 1;
        Object.assign(world.ports.queue, { send: fails("upstream-unavailable") });
      },
    ],
    [
      "if the syncs could not all be started",
      JSON.stringify({ kind: "start", hurry: false }),
      () => {
        Object.assign(world.ports.queue, { send: fails("upstream-unavailable") });
      },
    ],
    [
      "if a target's response is none of EC2's",
      page,
      () => {
        world.faults.set(targetKey(own), () => Promise.reject(new TypeError("undefined is not a function")));
      },
    ],
  ])("%s", async (_, body, breakWorld) => {
    world.launch(one, two, instanceOf(far, 1));
    breakWorld();
    const { batchItemFailures, failures } = await world.receive([other, body]);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "m1" }]);
    expect(failures.map(({ step }) => step)).toEqual(["sync"]);
    expect(keysIn(world)).toContain(instanceKey(instanceOf(far, 1)));
  });

  test("if the invocation's own deadline has passed, which is no fault of the target", async () => {
    world.faults.set(targetKey(own), fails("deadline-exceeded"));
    const { batchItemFailures, failing } = await world.receive([page], AbortSignal.abort());
    expect([batchItemFailures, failing]).toEqual([[{ itemIdentifier: "m0" }], []]);
  });
});

describe("organizational units", () => {
  const unit = { id: "ou-ab12-cdefgh34", regions: ["eu-west-1", "us-west-2"] };
  const synced = () => [...world.store.syncs.keys()].sort();
  beforeEach(() => {
    world = new SyncWorld({ ...accounts(), organizationalUnits: [unit] });
    world.units = { [unit.id]: ["444455556666", "777788889999"] };
  });
  const all = [
    targetKey(own),
    ...["444455556666", "777788889999"].flatMap((account) => unit.regions.map((region) => `${account}/${region}`)),
  ];

  test("are synced in all their regions", async () => {
    await world.sync();
    expect(synced()).toEqual([...all].sort());
  });

  test("that cannot be listed are told of, and their accounts of before are synced", async () => {
    await world.sync();
    world.units = {};
    world.pass(600);
    const reports = await world.sync();
    expect(reports.flatMap(({ failures }) => failures)).toMatchObject([
      { step: "accounts", item: unit.id, code: "aws-refused" },
    ]);
    expect(reports.reduce((sum, { counts }) => sum + counts.UnitsFailed, 0)).toBe(1);
    expect(reports.reduce((sum, { counts }) => sum + counts.TargetsSynced, 0)).toBe(all.length);
  });

  test("have a new account's instances from the next start on", async () => {
    await world.sync();
    world.units = { [unit.id]: ["444455556666", "777788889999", "123412341234"] };
    const added = instanceOf({ accountId: "123412341234", region: "us-west-2" }, 1);
    world.launch(added);
    world.pass(600);
    await world.sync();
    expect(keysIn(world)).toEqual([instanceKey(added)]);
  });

  test("lose the instances of an account that is suspended or leaves, and keep no note of it", async () => {
    const [left, kept] = [
      instanceOf({ accountId: "444455556666", region: "us-west-2" }, 1),
      instanceOf({ accountId: "777788889999", region: "us-west-2" }, 1),
    ];
    world.launch(left, kept);
    await world.sync();
    world.units = { [unit.id]: ["777788889999"] };
    world.pass(600);
    await world.sync();
    expect(keysIn(world)).toEqual([instanceKey(kept)]);
    expect(synced()).toEqual(all.filter((target) => !target.startsWith("444455556666")).sort());
  });
});
