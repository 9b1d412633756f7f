import type { IdempotencyStore } from "../../lambda/idempotency/ports.ts";
import type { IdempotencyRecord } from "../../lambda/idempotency/record.ts";
import { epochSeconds } from "../../lambda/shared/time.ts";

/** A table of records in memory with the conditions of the real one, and a clock to set. */
export function fakeIdempotency() {
  const world = {
    now: new Date("2026-01-02T03:04:05.000Z"),
    records: new Map<string, IdempotencyRecord>(),
    /** The names of the calls, in order. */
    calls: [] as string[],
    /** The error that a call rejects with, by its name, until removed. */
    faults: new Map<keyof IdempotencyStore, Error>(),
    /** Called at the end of each read, to simulate others before the next write. */
    afterRead: () => {},
    /** Advances the clock. */
    wait(seconds: number) {
      world.now = new Date(world.now.getTime() + seconds * 1000);
    },
    /** The only record. */
    record(): IdempotencyRecord | undefined {
      if (world.records.size > 1) throw new Error("There are several records");
      return [...world.records.values()][0];
    },
  };
  async function turn<T>(name: keyof IdempotencyStore, work: () => T): Promise<T> {
    world.calls.push(name);
    await new Promise((resolve) => setImmediate(resolve));
    const fault = world.faults.get(name);
    if (fault) throw fault;
    return work();
  }
  const ports: IdempotencyStore = {
    read: (hash) =>
      turn("read", () => {
        const found = world.records.get(hash);
        world.afterRead();
        return found;
      }),
    begin: (hash, record, now) =>
      turn("begin", () => {
        const found = world.records.get(hash);
        if (found && found.deleteAt > epochSeconds(now) && found.claim !== record.claim) return false;
        world.records.set(hash, record);
        return true;
      }),
    takeOver: (hash, from, to) =>
      turn("takeOver", () => {
        const found = world.records.get(hash);
        if (!found || found.claim !== from.claim || found.status !== from.status) return false;
        world.records.set(hash, { ...found, ...to, response: found.response });
        return true;
      }),
    end: (hash, claim, outcome) =>
      turn("end", () => {
        const found = world.records.get(hash);
        if (found?.claim !== claim) return;
        world.records.set(hash, { ...found, ...outcome, response: outcome.response ?? found.response });
      }),
  };
  return { world, ports };
}
