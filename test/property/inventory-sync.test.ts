import { setImmediate } from "node:timers/promises";
import { expect } from "@jest/globals";
import { instanceKey } from "../../lambda/shared/instance.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { targetKey } from "../../lambda/shared/target.ts";
import fc from "../support/fast-check.ts";
import { testProperty } from "../support/property.ts";
import { instanceEvent, instanceOf, own, SyncWorld } from "../support/sync-world.ts";

const kinds = [
  "launch",
  "terminate",
  "retag",
  "start",
  "deliver",
  "deliver",
  "duplicate",
  "respond",
  "respond",
  "lose",
  "fail",
] as const;

/** What happens next; `pick` chooses among what it may happen to. */
interface Step {
  readonly kind: (typeof kinds)[number];
  readonly pick: number;
}

/** A target whose instances change while its syncs and events are in flight, in any order. */
class Turmoil {
  readonly world = new SyncWorld();
  /** Responses of the target that have not arrived. */
  readonly #responses: (() => void)[] = [];
  readonly #invocations: Promise<unknown>[] = [];
  #launched = 0;

  constructor() {
    this.world.pageSize = 2;
    this.world.beforeResponse = () => new Promise((resolve) => this.#responses.push(resolve));
  }

  async take({ kind, pick }: Step): Promise<void> {
    const { world } = this;
    world.pass(0.001);
    const live = world.instancesIn(own);
    const some = live[pick % Math.max(live.length, 1)];
    switch (kind) {
      case "launch":
        // In any place of the pages.
        return this.#change(instanceOf(own, ((pick % 97) + 1) * 1000 + this.#launched++), pick);
      case "retag":
        return (
          some && this.#change(instanceOf(own, Number(`0x${some.instanceId.slice(2)}`), { Name: `${pick}` }), pick)
        );
      case "terminate":
        if (!some) return;
        world.terminate(some);
        return this.#tell(some.instanceId, pick);
      case "start":
        return world.send({ message: { kind: "page", ...target, failures: 0 }, delaySeconds: 0 });
      case "deliver":
      case "duplicate":
      case "lose": {
        const place = pick % Math.max(world.queue.length, 1);
        const message = world.queue[place];
        if (kind !== "duplicate") world.queue.splice(place, 1);
        if (message && kind !== "lose") this.#invocations.push(world.receive([message.body]));
        break;
      }
      case "respond":
        this.#responses.splice(pick % Math.max(this.#responses.length, 1), 1)[0]?.();
        break;
      case "fail":
        world.faults.set(targetKey(own), async () => {
          world.faults.clear();
          throw new Problem("upstream-unavailable");
        });
    }
    await setImmediate();
  }

  /** Lets everything in flight arrive, and loses what waits. */
  async end(): Promise<void> {
    this.world.faults.clear();
    this.world.queue = [];
    this.world.beforeResponse = async () => {};
    for (const respond of this.#responses) respond();
    await Promise.all(this.#invocations);
    this.world.queue = [];
  }

  #change(instance: ReturnType<typeof instanceOf>, pick: number): void {
    this.world.launch(instance);
    this.#tell(instance.instanceId, pick);
  }

  /** No event comes, or one, or two. */
  #tell(instanceId: string, pick: number): void {
    const body = JSON.stringify(instanceEvent({ ...target, instanceId }));
    for (let times = pick % 3; times > 0; times--) this.world.queue.push({ body, dueAt: this.world.now });
  }
}

const { accountId, region } = own;
const target = { accountId, region };
const steps = fc.array(fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(10_000) }), {
  maxLength: 120,
  size: "max",
});

testProperty(
  "the inventory never forgets a live instance that it knew, and after two undisturbed syncs it is the fleet",
  { small: 300, large: 20_000 },
  fc.asyncProperty(steps, async (all) => {
    const turmoil = new Turmoil();
    const { world } = turmoil;
    const everKnown = new Set<string>();
    const forgotten = () => [...everKnown].filter((key) => world.isLive(key) && !world.store.known.has(key));
    for (const step of all) {
      await turmoil.take(step);
      for (const key of world.store.known.keys()) everKnown.add(key);
      expect(forgotten()).toEqual([]);
    }
    await turmoil.end();
    expect(forgotten()).toEqual([]);
    for (let sync = 0; sync < 2; sync++) {
      world.pass(3600);
      await world.sync();
    }
    expect(world.store.instances()).toEqual(
      Object.fromEntries(world.instancesIn(own).map((instance) => [instanceKey(instance), instance])),
    );
  }),
);
