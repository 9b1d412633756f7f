import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { AccessRequestResponse } from "../../../contract/access-request.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { AccessWorld } from "../../support/access-world.ts";
import { type AttendedTable, type Item, startAttendedTable } from "../../support/attended-table.ts";

let table: AttendedTable | undefined;
beforeAll(async () => {
  table = await startAttendedTable();
});
afterAll(async () => table?.stop());

/** The n-th call to the table never returns, whether or not it was applied. */
interface Crash {
  readonly call: number;
  readonly isApplied: boolean;
}

/** The events of each request, in the order of the requests. */
type Trail = readonly (readonly string[])[];

/** A world that counts its writes, and whose calls to the table can crash. */
class CrashingWorld extends AccessWorld {
  readonly #written: Item[] = [];
  #atCall: (apply: () => Promise<void>) => Promise<void> = (apply) => apply();

  constructor() {
    super();
    table?.attend(({ key, send, readItem }) =>
      this.#atCall(async () => {
        await send();
        if (key?.sk === "current") this.#written.push(await readItem());
      }),
    );
  }

  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  /** @returns whether it crashed; if not, it made fewer calls. */
  async crashes(act: () => Promise<unknown>, { call, isApplied }: Crash): Promise<boolean> {
    let calls = 0;
    const hasCrashed = await new Promise<boolean>((resolve, reject) => {
      this.#atCall = async (apply) => {
        calls += 1;
        if (calls < call) return apply();
        if (calls === call && isApplied) await apply();
        resolve(true);
        await new Promise(() => {});
      };
      act().then(() => resolve(false), reject);
    });
    this.#atCall = (apply) => apply();
    return hasCrashed;
  }

  /** @throws if a request's events are not numbered from 1 without gaps. */
  trail(): ReadonlyMap<string, readonly string[]> {
    const events = this.#written.flatMap((item) => item["events"] as { id: string; type: string }[]);
    const trail = new Map<string, string[]>();
    for (const { id, type } of events) {
      const [, request = "", sequence] = /^(.*)-(\d+)$/.exec(id) ?? [];
      const types = trail.get(request) ?? [];
      trail.set(request, types);
      expect(types.push(type.replace("latchkey.", ""))).toBe(Number(sequence));
    }
    return trail;
  }
}

interface Scenario {
  /** @returns the id of the request that the scenario is about. */
  prepare(world: CrashingWorld): Promise<string>;
  /** What crashes. */
  act(world: CrashingWorld, id: string): Promise<AccessRequestResponse>;
  /** Other operations that may follow the crash, besides a retry. */
  readonly orThen?: Readonly<Record<string, Scenario["act"]>>;
  /** What the operation returns: if the crash came before it was applied, and if it came after. */
  readonly results: readonly [string, string];
  /** The events at the end, no matter where it crashed. */
  readonly trail: Trail;
}

const idOf = async (asking: Promise<AccessRequestResponse>) => (await asking).id;

async function activeRequest(world: CrashingWorld): Promise<string> {
  const id = await idOf(world.create("alice", { durationSeconds: 60 }));
  await world.review("bob", id);
  return id;
}

const created = "access-request.created";
const approved = ["review.submitted", "access-request.activated"];

const scenarios: Readonly<Record<string, Scenario>> = {
  "the first request": {
    prepare: async () => "",
    act: (world) => world.create("alice"),
    results: ["pending", "pending, as before"],
    trail: [[created]],
  },
  "a request after one that was cancelled": {
    async prepare(world) {
      const id = await idOf(world.create("alice"));
      await world.cancel("alice", id);
      return id;
    },
    act: (world) => world.create("alice"),
    results: ["pending", "pending, as before"],
    trail: [[created, "access-request.cancelled"], [created]],
  },
  "a request after one that has expired": {
    async prepare(world) {
      const id = await activeRequest(world);
      world.wait(60);
      return id;
    },
    act: (world) => world.create("alice"),
    results: ["pending", "pending, as before"],
    trail: [[created, ...approved, "access-request.expired"], [created]],
  },
  "break-glass while a request is pending": {
    prepare: (world) => idOf(world.create("bob")),
    act: (world) => world.create("bob", { breakGlass: true }),
    results: ["active", "active, as before"],
    trail: [
      [created, "access-request.cancelled"],
      [created, "access-request.activated", "break-glass.used"],
    ],
  },
  "the first of two approvals": {
    prepare: (world) => idOf(world.create("alice", { osUser: "root" })),
    act: (world, id) => world.review("bob", id),
    results: ["pending", "already-reviewed"],
    trail: [[created, "review.submitted"]],
  },
  "the approval that completes": {
    prepare: (world) => idOf(world.create("alice")),
    act: (world, id) => world.review("bob", id),
    orThen: { "another reviewer's": (world, id) => world.review("erin", id) },
    results: ["active", "request-not-pending"],
    trail: [[created, ...approved]],
  },
  "a denial": {
    prepare: (world) => idOf(world.create("alice")),
    act: (world, id) => world.review("bob", id, "deny"),
    orThen: { "another reviewer's": (world, id) => world.review("erin", id, "deny") },
    results: ["denied", "request-not-pending"],
    trail: [[created, "review.submitted", "access-request.denied"]],
  },
  "a cancellation": {
    prepare: (world) => idOf(world.create("chatbot", { subject: "alice" })),
    act: (world, id) => world.cancel("alice", id),
    orThen: { "the requester's": (world, id) => world.cancel("chatbot", id) },
    results: ["cancelled", "request-not-pending"],
    trail: [[created, "access-request.cancelled"]],
  },
  "a revoke": {
    prepare: activeRequest,
    act: (world, id) => world.revoke("alice", id),
    orThen: {
      "the reviewer's": (world, id) => world.revoke("bob", id),
      "an on-call's": (world, id) => world.revoke("erin", id),
    },
    results: ["revoked", "request-not-active"],
    trail: [[created, ...approved, "access-request.revoked"]],
  },
};

const told = (response: Promise<AccessRequestResponse>): Promise<string> =>
  response.then(
    ({ status, isPreexisting }) => (isPreexisting ? `${status}, as before` : status),
    (error: unknown) => (error instanceof Problem ? error.code : Promise.reject(error)),
  );

const cases = Object.entries(scenarios).flatMap(([name, scenario]) => {
  const thens = { "the same again": scenario.act, ...scenario.orThen };
  return Object.entries(thens).map(([next, then]) => [name, next, { ...scenario, then }] as const);
});

/** Milliseconds: each case makes about a hundred calls to the table. */
const timeout = 60_000;

describe("a crash at any call to the table", () => {
  test.each(cases)(
    "in %s, followed by %s",
    async (_, _next, { prepare, act, then, results, trail }) => {
      for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
        for (const isApplied of [false, true]) {
          const world = new CrashingWorld();
          const id = await prepare(world);
          hasCrashed = await world.crashes(() => act(world, id), { call, isApplied });
          const isDone = [...world.trail().values()].flat().length === trail.flat().length;
          expect(await told(then(world, id))).toBe(results[isDone ? 1 : 0]);
          expect([...world.trail().values()]).toEqual(trail);
          await expectNothingStuck(world);
        }
      }
    },
    timeout,
  );
});

/** Every request is found by its id in its last state, an open one can be ended, and another can then be made. */
async function expectNothingStuck(world: CrashingWorld): Promise<void> {
  const { signal } = new AbortController();
  for (const [id, events] of world.trail()) {
    const found = await world.store.read(id, signal);
    expect(found).toMatchObject({ id, sequence: events.length });
    if (found?.status === "active") await world.revoke("erin", id);
    else if (found?.status === "pending") await world.review("erin", id, "deny");
    else expect(found?.endedAt).toBeDefined();
  }
  expect(await told(world.create("alice"))).toBe("pending");
}
