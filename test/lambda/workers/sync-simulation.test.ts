import { beforeEach, describe, expect, test } from "@jest/globals";
import { Problem } from "../../../lambda/shared/problem.ts";
import { type TargetKey, targetKey } from "../../../lambda/shared/target.ts";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { syncDelivery } from "../../../lib/sync-queue.ts";
import { accounts, instanceOf, own, SyncWorld } from "../../support/sync-world.ts";

// 200 accounts with four regions each, and 125 instances in each of these: the calls of a sync, by a simulated clock.

const regions = ["eu-central-1", "eu-west-1", "us-west-2", "us-east-1"];
const targets: readonly TargetKey[] = Array.from({ length: 200 }, (_, index) =>
  regions.map((region) => ({ accountId: `${100_000_000_000 + index}`, region })),
).flat();
const perTarget = 125;

/** Seconds of an invocation whose targets respond, which is far more than it takes, and of one that waits for a target. */
const [usual, patience] = [1, 10];

let world: SyncWorld;
let hasWaited: boolean;
function launchAll(): void {
  world = new SyncWorld(accounts(...targets));
  for (const target of [own, ...targets]) {
    world.launch(...Array.from({ length: perTarget }, (_, index) => instanceOf(target, index + 1)));
  }
}

/** Delivers what the queue holds as the stack's event source mapping does. @returns the seconds until it is empty. */
async function deliver(): Promise<number> {
  const began = world.now;
  const pollers = Array.from({ length: syncDelivery.maxConcurrency }, () => began);
  for (let first = world.takeDue(); first; first = world.takeDue()) {
    pollers.sort((one, other) => one.getTime() - other.getTime());
    const start = new Date(Math.max(pollers[0]?.getTime() ?? 0, first.dueAt.getTime()));
    const batch = [first.body];
    while (batch.length < syncDelivery.batchSize && (world.queue[0]?.dueAt ?? start) <= start && world.queue[0]) {
      batch.push(world.takeDue()?.body ?? "");
    }
    world.now = start;
    hasWaited = false;
    const { batchItemFailures } = await world.receive(batch);
    expect(batchItemFailures).toEqual([]);
    pollers[0] = secondsAfter(start, hasWaited ? patience : usual);
  }
  return (Math.max(...pollers.map((each) => each.getTime())) - began.getTime()) / 1000;
}

function start() {
  world.send({ message: { kind: "start", hurry: false }, delaySeconds: 0 });
  return deliver();
}

/** The most calls in any one second that have the same name. */
function mostPerSecond(nameOf: (target: string) => string): number {
  const counts = new Map<string, number>();
  for (const { target, at } of world.calls) {
    const key = `${nameOf(target)} ${Math.floor(at.getTime() / 1000)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}
const accountOf = (target: string) => target.slice(0, 12);
const callsOf = (target: TargetKey) => world.calls.filter((call) => call.target === targetKey(target)).length;

describe("a cold inventory of 800 targets", () => {
  beforeEach(launchAll);

  test("is filled in five minutes by one call of each, one in a second of an account and three of all", async () => {
    expect(await start()).toBeLessThan(300);
    expect(world.store.known.size).toBe(perTarget * (targets.length + 1));
    expect([own, ...targets].map(callsOf)).toEqual([own, ...targets].map(() => 1));
    expect(mostPerSecond(accountOf)).toBe(1);
    expect(mostPerSecond(() => "all")).toBeLessThanOrEqual(4);
  });

  test("is filled by as many calls, one in a second of an account, while one hangs, one denies, and one is gone", async () => {
    const failing = targets.filter((_, index) => [17, 333, 701].includes(index));
    const [hanging, denying, gone] = failing.map(targetKey);
    world.faults.set(hanging ?? "", () => {
      hasWaited = true;
      return Promise.reject(new Problem("deadline-exceeded"));
    });
    world.faults.set(denying ?? "", () => Promise.reject(new Problem("aws-refused")));
    world.faults.set(gone ?? "", () => Promise.reject(new Problem("upstream-unavailable")));
    expect(await start()).toBeLessThan(300);
    expect(world.store.known.size).toBe(perTarget * (targets.length + 1 - failing.length));
    expect([own, ...targets].map(callsOf)).toEqual([own, ...targets].map(() => 1));
    expect(mostPerSecond(accountOf)).toBe(1);
    expect([...world.store.syncs.values()].flatMap(({ code }) => code ?? []).sort()).toEqual([
      "aws-refused",
      "deadline-exceeded",
      "upstream-unavailable",
    ]);
  });
});

test("20,000 instances of one target are twenty pages, one in a second", async () => {
  const [large] = targets;
  if (!large) throw new Error("There is no target");
  world = new SyncWorld(accounts(large));
  world.launch(...Array.from({ length: 20_000 }, (_, index) => instanceOf(large, index + 1)));
  await start();
  expect(callsOf(large)).toBe(20);
  expect(mostPerSecond((target) => target)).toBe(1);
  expect(world.store.known.size).toBe(20_000);
});
