import { beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { Caller } from "../../../contract/caller.ts";
import { idempotent, type KeyedCall } from "../../../lambda/idempotency/idempotent.ts";
import type { Attempt } from "../../../lambda/idempotency/ports.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import type { LogFields } from "../../../lambda/shared/request-context.ts";
import { fakeIdempotency } from "../../support/fake-idempotency.ts";
import { alice } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

interface Response {
  readonly number: number;
  readonly secret: string;
}

let fake: ReturnType<typeof fakeIdempotency>;
/** The route's runs, in order. */
let runs: (Attempt | undefined)[];
let replays: object[];
/** The route's next run. */
let work: (attempt?: Attempt) => Promise<Response>;
let replay: (stored: Pick<Response, "number">) => Promise<Response | undefined>;

beforeEach(() => {
  fake = fakeIdempotency();
  runs = [];
  replays = [];
  work = async () => ({ number: runs.length, secret: "opens everything" });
  replay = async (stored) => ({ ...stored, secret: "made again" });
});

interface Sent {
  readonly call?: Partial<KeyedCall>;
  readonly operation?: string;
  readonly fields?: LogFields;
}

function send({ call = {}, operation = "createAccessRequest", fields = {} }: Sent = {}): Promise<Response> {
  const once = idempotent<object, Response, Pick<Response, "number">>(fake.ports, operation, {
    run: async (_input, _context, attempt) => {
      runs.push(attempt);
      return work(attempt);
    },
    stored: z.object({ number: z.int() }),
    replay: async (stored) => {
      replays.push(stored);
      return replay(stored);
    },
  });
  // Ten seconds of time-out, less the reserve.
  const deadlineAt = new Date(fake.world.now.getTime() + 8000);
  return once(
    { key: "key-1234", caller: alice, ids: {}, body: { osUser: "root" }, ...call },
    {},
    testContext({ clock: () => fake.world.now, deadlineAt, fields }),
  );
}

const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "answered",
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
/** A run that is cut off, so it never ends. */
async function sendCutOff(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  work = () => {
    resolve();
    return new Promise(() => {});
  };
  void send();
  await promise;
  work = async () => ({ number: runs.length, secret: "" });
}
const copyOf = <T>(value: T): T => structuredClone(value);

describe("refused, with nothing changed", () => {
  test("another body while the first request runs", async () => {
    await sendCutOff();
    const before = copyOf(fake.world.record());
    expect(await codeOf(send({ call: { body: { osUser: "admin" } } }))).toBe("idempotency-mismatch");
    expect([fake.world.record(), runs.length]).toEqual([before, 1]);
  });

  test("another body after the first request is done", async () => {
    await send();
    const before = copyOf(fake.world.record());
    expect(await codeOf(send({ call: { body: { osUser: "admin" } } }))).toBe("idempotency-mismatch");
    expect([fake.world.record(), runs.length, replays]).toEqual([before, 1, []]);
  });

  test("another body after the first request has failed", async () => {
    work = () => Promise.reject(new Problem("access-denied"));
    await codeOf(send());
    expect(await codeOf(send({ call: { body: { osUser: "admin" } } }))).toBe("idempotency-mismatch");
    expect(runs).toHaveLength(1);
  });

  test("another body after the first request was cut off", async () => {
    await sendCutOff();
    fake.world.wait(60);
    expect(await codeOf(send({ call: { body: { osUser: "admin" } } }))).toBe("idempotency-mismatch");
    expect(runs).toHaveLength(1);
  });

  test.each([0, 8, 12.999])(
    "the same body while the first request may still run: %d s after its start",
    async (seconds) => {
      await sendCutOff();
      const before = copyOf(fake.world.record());
      fake.world.wait(seconds);
      const problem = await send().catch((error: unknown) => error);
      const headers = { "Retry-After": String(Math.min(5, Math.ceil(13 - seconds))) };
      expect(problem).toMatchObject({ code: "idempotency-in-progress", headers });
      expect([fake.world.record(), runs.length]).toEqual([before, 1]);
    },
  );

  test("a replay that the caller may no longer have", async () => {
    await send();
    const before = copyOf(fake.world.record());
    replay = () => Promise.reject(new Problem("instance-not-found"));
    expect(await codeOf(send())).toBe("instance-not-found");
    expect([fake.world.record(), runs.length]).toEqual([before, 1]);
  });

  test("if other requests are faster five times", async () => {
    await send();
    replay = async () => undefined;
    fake.world.afterRead = () => {
      const [entry] = fake.world.records;
      if (entry) fake.world.records.set(entry[0], { ...entry[1], claim: `other-${fake.world.calls.length}` });
    };
    expect(await codeOf(send())).toBe("upstream-unavailable");
    expect(runs).toHaveLength(1);
  });

  test.each(["begin", "read"] as const)("if the table fails to %s", async (name) => {
    if (name === "read") await send();
    fake.world.faults.set(name, new Problem("upstream-unavailable"));
    const before = runs.length;
    expect(await codeOf(send())).toBe("upstream-unavailable");
    expect(runs).toHaveLength(before);
  });
});

describe("without a key", () => {
  test("every request is run, and no record is read", async () => {
    expect(await send({ call: { key: undefined } })).toMatchObject({ number: 1 });
    expect(await send({ call: { key: undefined } })).toMatchObject({ number: 2 });
    expect([runs, fake.world.calls]).toEqual([[undefined, undefined], []]);
  });
});

describe("the first request with a key", () => {
  test("takes one write, the run, and one write", async () => {
    const fields: LogFields = {};
    expect(await send({ fields })).toEqual({ number: 1, secret: "opens everything" });
    expect(fake.world.calls).toEqual(["begin", "end"]);
    expect(fields.idempotency).toBe("first");
  });

  test("stores the fields of its schema, and nothing else", async () => {
    await send();
    expect(fake.world.record()).toEqual({
      status: "done",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      claim: expect.any(String),
      resultId: runs[0]?.resultId,
      lockedUntil: "2026-01-02T03:04:18.000Z",
      response: '{"number":1}',
      deleteAt: Date.parse("2026-01-03T03:04:05Z") / 1000,
    });
    const kept = JSON.stringify([...fake.world.records]);
    for (const never of ["opens everything", "key-1234", "alice", "root"]) expect(kept).not.toContain(never);
  });

  test("gets its response even if the record cannot be completed, because the work is done", async () => {
    fake.world.faults.set("end", new Problem("upstream-unavailable"));
    const fields: LogFields = {};
    expect(await send({ fields })).toMatchObject({ number: 1 });
    expect([fields.idempotency, fake.world.record()?.status]).toEqual(["unrecorded", "running"]);
  });

  test("gets its own problem even if the record cannot be released", async () => {
    fake.world.faults.set("end", new Problem("upstream-unavailable"));
    work = () => Promise.reject(new Problem("access-denied"));
    expect(await codeOf(send())).toBe("access-denied");
  });
});

describe("the same request again", () => {
  test("gets the stored response, and is not run", async () => {
    await send();
    const fields: LogFields = {};
    expect(await send({ fields })).toEqual({ number: 1, secret: "made again" });
    expect([runs.length, replays, fields.idempotency]).toEqual([1, [{ number: 1 }], "replayed"]);
  });

  test("is run again if the first ended in a problem, which is not stored", async () => {
    work = () => Promise.reject(new Problem("approval-required"));
    expect(await codeOf(send())).toBe("approval-required");
    expect(fake.world.record()).toMatchObject({ status: "released", response: undefined });
    work = async () => ({ number: 7, secret: "" });
    expect(await send()).toMatchObject({ number: 7 });
    // The second run makes a new resource.
    expect(runs.map((attempt) => attempt?.isRepeated)).toEqual([false, false]);
    expect(runs[1]?.resultId).not.toBe(runs[0]?.resultId);
    expect(await send()).toMatchObject({ number: 7 });
    expect(runs).toHaveLength(2);
  });

  test.each(["deadline-exceeded", "upstream-unavailable", "internal"] as const)(
    "goes on at once with what the first may have made, where that came to %s",
    async (code) => {
      work = () => Promise.reject(new Problem(code));
      expect(await codeOf(send())).toBe(code);
      work = async () => ({ number: 7, secret: "" });
      expect(await send()).toMatchObject({ number: 7 });
      expect(runs[1]).toEqual({ resultId: runs[0]?.resultId, isRepeated: true });
    },
  );

  test("is run again if the first threw an error", async () => {
    work = () => Promise.reject(new TypeError("broken"));
    expect(await codeOf(send())).toBe("TypeError: broken");
    work = async () => ({ number: 7, secret: "" });
    expect(await send()).toMatchObject({ number: 7 });
  });

  test("takes over from a run that was cut off, and continues with what that run may have made", async () => {
    await sendCutOff();
    fake.world.wait(13);
    const fields: LogFields = {};
    expect(await send({ fields })).toMatchObject({ number: 2 });
    expect(runs).toEqual([
      { resultId: expect.any(String), isRepeated: false },
      { resultId: runs[0]?.resultId, isRepeated: true },
    ]);
    expect(fields.idempotency).toBe("repeated");
    expect(await send()).toMatchObject({ number: 2 });
  });

  test("takes over from a run whose completion could not be written", async () => {
    fake.world.faults.set("end", new Problem("upstream-unavailable"));
    await send();
    fake.world.faults.clear();
    expect(await codeOf(send())).toBe("idempotency-in-progress");
    fake.world.wait(13);
    expect(await send()).toMatchObject({ number: 2 });
  });

  test("is not overwritten by an earlier run that ends after the takeover", async () => {
    const [started, late] = [Promise.withResolvers<void>(), Promise.withResolvers<Response>()];
    work = () => {
      started.resolve();
      return late.promise;
    };
    const first = send();
    await started.promise;
    fake.world.wait(13);
    work = async () => ({ number: 2, secret: "" });
    await send();
    late.resolve({ number: 1, secret: "" });
    await first;
    expect(fake.world.record()).toMatchObject({ status: "done", response: '{"number":2}' });
  });

  test("counts as the first a day later, even if the record still exists", async () => {
    await send();
    fake.world.wait(24 * 60 * 60 - 1);
    expect(await send()).toMatchObject({ number: 1 });
    fake.world.wait(1);
    expect(await send()).toMatchObject({ number: 2 });
    expect(runs[1]).toEqual({ resultId: expect.any(String), isRepeated: false });
    expect(runs[1]?.resultId).not.toBe(runs[0]?.resultId);
  });

  test("may come with another body a day later", async () => {
    await send();
    fake.world.wait(24 * 60 * 60);
    expect(await codeOf(send({ call: { body: {} } }))).toBe("answered");
  });
});

describe("a response that is no longer of use", () => {
  beforeEach(async () => {
    await send();
    replay = async ({ number }) => (number === 1 ? undefined : { number, secret: "" });
  });

  test("is made again from the first attempt, and is replaced", async () => {
    expect(await send()).toMatchObject({ number: 2 });
    expect(runs[1]).toEqual({ resultId: runs[0]?.resultId, isRepeated: true });
    expect(fake.world.record()).toMatchObject({ status: "done", response: '{"number":2}' });
  });

  test("is kept if it cannot be made again", async () => {
    work = () => Promise.reject(new Problem("upstream-unavailable"));
    expect(await codeOf(send())).toBe("upstream-unavailable");
    expect(fake.world.record()).toMatchObject({ status: "done", response: '{"number":1}' });
  });

  test("is checked again if the run that replaced it was cut off", async () => {
    await sendCutOff();
    expect(await codeOf(send())).toBe("idempotency-in-progress");
    fake.world.wait(13);
    expect(await send()).toMatchObject({ number: 3 });
    expect(replays).toEqual([{ number: 1 }, { number: 1 }]);
  });

  test("is made again once, for any number of concurrent requests", async () => {
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(send())));
    expect(runs).toHaveLength(2);
    expect(codes.filter((code) => code !== "answered" && code !== "idempotency-in-progress")).toEqual([]);
  });
});

describe("ten at once", () => {
  test("are run once, and all others are told to wait meanwhile", async () => {
    const gate = Promise.withResolvers<Response>();
    work = () => gate.promise;
    let refused = 0;
    const sent = Array.from({ length: 10 }, async () => {
      const code = await codeOf(send());
      if (code === "idempotency-in-progress" && ++refused === 9) gate.resolve({ number: 1, secret: "" });
      return code;
    });
    expect((await Promise.all(sent)).sort()).toEqual(["answered", ...Array(9).fill("idempotency-in-progress")]);
    expect(runs).toHaveLength(1);
  });

  test("are run once, even if the run is quick", async () => {
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(send())));
    expect(runs).toHaveLength(1);
    expect(codes.filter((code) => code === "answered").length).toBeGreaterThanOrEqual(1);
    expect(codes.filter((code) => code !== "answered" && code !== "idempotency-in-progress")).toEqual([]);
    expect(await send()).toMatchObject({ number: 1 });
  });

  test("are run once more after a run that was cut off", async () => {
    await sendCutOff();
    fake.world.wait(13);
    await Promise.all(Array.from({ length: 10 }, () => codeOf(send())));
    expect(runs).toHaveLength(2);
  });

  test("are run once more after a run that failed", async () => {
    work = () => Promise.reject(new Problem("access-denied"));
    await codeOf(send());
    work = async () => ({ number: 2, secret: "" });
    await Promise.all(Array.from({ length: 10 }, () => codeOf(send())));
    expect(runs).toHaveLength(2);
  });
});

describe("the same key is independent for", () => {
  const bob: Caller = { ...alice, id: "bob" };
  test.each<[sentence: string, sent: Sent]>([
    ["of another caller", { call: { caller: bob } }],
    ["of a machine of that name", { call: { caller: { ...alice, kind: "machine" } } }],
    ["for another operation", { operation: "createConnection" }],
    ["for another instance", { call: { ids: { instanceId: "i-0a1b2c3d" } } }],
  ])("%s", async (_, sent) => {
    await send();
    expect(await send(sent)).toMatchObject({ number: 2 });
    const other = { ...sent, call: { ...sent.call, body: {} } };
    expect(await send(other).catch(({ code }) => code)).toBe("idempotency-mismatch");
    expect(fake.world.records.size).toBe(2);
  });
});
