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

/** The n-th call to the table never returns, whether or not it has been applied. */
interface Crash {
  readonly call: number;
  readonly isApplied: boolean;
}

/** The events of each request, in the order in which the requests were made. */
type Trail = readonly (readonly string[])[];

/** A world whose writes are seen, and whose calls to the table can crash. */
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

  /** @returns whether it crashed: else it made fewer calls. */
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

  /** @throws where a request's events are not numbered from 1 without gaps. */
  trail(): ReadonlyMap<string, readonly string[]> {
    const events = this.#written.flatMap((item) => item["events"] as { id: string; type: string }[]);
    const trail = new Map<string, string[]>();
    for (const { id, type } of events) {
      const [request = "", sequence] = id.split(".");
      const types = trail.get(request) ?? [];
      trail.set(request, types);
      expect(types.push(type.replace("latchkey.", ""))).toBe(Number(sequence));
    }
    return trail;
  }
}

interface Scenario {
  /** @returns the id of the request that is spoken of. */
  prepare(world: CrashingWorld): Promise<string>;
  /** What crashes. */
  act(world: CrashingWorld, id: string): Promise<AccessRequestResponse>;
  /** What is done after the crash beside the same again. */
  readonly orThen?: Readonly<Record<string, Scenario["act"]>>;
  /** The answer; and the one that is given after the crash where that was applied. */
  readonly answers: readonly [string, string];
  /** Whatever crashed, and when: this is how it ends. */
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
    answers: ["pending", "pending, as before"],
    trail: [[created]],
  },
  "a request after one that was cancelled": {
    async prepare(world) {
      const id = await idOf(world.create("alice"));
      await world.cancel("alice", id);
      return id;
    },
    act: (world) => world.create("alice"),
    answers: ["pending", "pending, as before"],
    trail: [[created, "access-request.cancelled"], [created]],
  },
  "a request after one whose time is over": {
    async prepare(world) {
      const id = await activeRequest(world);
      world.wait(60);
      return id;
    },
    act: (world) => world.create("alice"),
    answers: ["pending", "pending, as before"],
    trail: [[created, ...approved, "access-request.expired"], [created]],
  },
  "break-glass where a request waits": {
    prepare: (world) => idOf(world.create("bob")),
    act: (world) => world.create("bob", { breakGlass: true }),
    answers: ["active", "active, as before"],
    trail: [
      [created, "access-request.cancelled"],
      [created, "access-request.activated", "break-glass.used"],
    ],
  },
  "the first of two approvals": {
    prepare: (world) => idOf(world.create("alice", { osUser: "root" })),
    act: (world, id) => world.review("bob", id),
    answers: ["pending", "already-reviewed"],
    trail: [[created, "review.submitted"]],
  },
  "the approval that completes": {
    prepare: (world) => idOf(world.create("alice")),
    act: (world, id) => world.review("bob", id),
    orThen: { "another reviewer's": (world, id) => world.review("erin", id) },
    answers: ["active", "request-not-pending"],
    trail: [[created, ...approved]],
  },
  "a denial": {
    prepare: (world) => idOf(world.create("alice")),
    act: (world, id) => world.review("bob", id, "deny"),
    orThen: { "another reviewer's": (world, id) => world.review("erin", id, "deny") },
    answers: ["denied", "request-not-pending"],
    trail: [[created, "review.submitted", "access-request.denied"]],
  },
  "a cancellation": {
    prepare: (world) => idOf(world.create("chatbot", { subject: "alice" })),
    act: (world, id) => world.cancel("alice", id),
    orThen: { "the requester's": (world, id) => world.cancel("chatbot", id) },
    answers: ["cancelled", "request-not-pending"],
    trail: [[created, "access-request.cancelled"]],
  },
  "a revoke": {
    prepare: activeRequest,
    act: (world, id) => world.revoke("alice", id),
    orThen: {
      "the reviewer's": (world, id) => world.revoke("bob", id),
      "an on-call's": (world, id) => world.revoke("erin", id),
    },
    answers: ["revoked", "request-not-active"],
    trail: [[created, ...approved, "access-request.revoked"]],
  },
};

const told = (answering: Promise<AccessRequestResponse>): Promise<string> =>
  answering.then(
    ({ status, isPreexisting }) => (isPreexisting ? `${status}, as before` : status),
    (error: unknown) => (error instanceof Problem ? error.code : Promise.reject(error)),
  );

const cases = Object.entries(scenarios).flatMap(([name, scenario]) => {
  const thens = { "the same again": scenario.act, ...scenario.orThen };
  return Object.entries(thens).map(([next, then]) => [name, next, { ...scenario, then }] as const);
});

/** Milliseconds: each makes some hundred calls to the table. */
const timeout = 60_000;

describe("whichever call to the table is the last of a crash", () => {
  test.each(cases)(
    "in %s: then comes %s",
    async (_, _next, { prepare, act, then, answers, trail }) => {
      for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
        for (const isApplied of [false, true]) {
          const world = new CrashingWorld();
          const id = await prepare(world);
          hasCrashed = await world.crashes(() => act(world, id), { call, isApplied });
          const isDone = [...world.trail().values()].flat().length === trail.flat().length;
          expect(await told(then(world, id))).toBe(answers[isDone ? 1 : 0]);
          expect([...world.trail().values()]).toEqual(trail);
          await expectNothingStuck(world);
        }
      }
    },
    timeout,
  );
});

/** Every request is found by its id, as it ended, and can be ended if it has not; and there is room for another. */
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
