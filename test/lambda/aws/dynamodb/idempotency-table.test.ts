import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { idempotencyStore } from "../../../../lambda/aws/dynamodb/idempotency-table.ts";
import { idempotent } from "../../../../lambda/idempotency/idempotent.ts";
import type { IdempotencyRecord } from "../../../../lambda/idempotency/record.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { alice } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";
import { testContext } from "../../../support/test-context.ts";

const { service, appliedThenLost } = useEmbeddedTable();
const store = idempotencyStore(boundTable);

const { signal } = new AbortController();
const now = new Date("2026-01-02T03:04:05.000Z");
const nowSeconds = now.getTime() / 1000;
let hashes = 0;
const newHash = () => `hash-${++hashes}`;

const record = (more: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  status: "running",
  fingerprint: "fingerprint-1",
  claim: "claim-1",
  resultId: "result-1",
  lockedUntil: "2026-01-02T03:04:18.000Z",
  deleteAt: nowSeconds + 86_400,
  ...more,
});
const other = record({
  claim: "claim-2",
  resultId: "result-2",
  lockedUntil: "2026-01-02T03:05:18.000Z",
  deleteAt: nowSeconds + 86_460,
});

/** The record as the table has it. */
const recordOf = (hash: string) => store.read(hash, signal);

async function start(first = record()): Promise<string> {
  const hash = newHash();
  expect(await store.begin(hash, first, now, signal)).toBe(true);
  return hash;
}

describe("faults", () => {
  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("%s: %s %s, for every call", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(store.read("hash", signal)).rejects.toMatchObject({ code });
    await expect(store.begin("hash", record(), now, signal)).rejects.toMatchObject({ code });
    await expect(store.takeOver("hash", record(), other, signal)).rejects.toMatchObject({ code });
    await expect(store.end("hash", "claim-1", { status: "done" })).rejects.toMatchObject({ code });
  });

  test("nothing is started, read or taken over after the deadline", async () => {
    const late = AbortSignal.abort();
    await expect(store.read("hash", late)).rejects.toMatchObject({ code: "deadline-exceeded" });
    await expect(store.begin("hash", record(), now, late)).rejects.toMatchObject({ code: "deadline-exceeded" });
    await expect(store.takeOver("hash", record(), other, late)).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });

  test.each<[sentence: string, more: object]>([
    ["a time that is none", { lockedUntil: "soon" }],
    ["a day in words", { deleteAt: "tomorrow" }],
    ["no fingerprint", { fingerprint: undefined }],
  ])("an item with %s is a fault of ours", async (_, more) => {
    const Item = marshall({ ...record(), ...more }, { removeUndefinedValues: true });
    service.respond({ body: JSON.stringify({ Item }) });
    await expect(store.read("hash", signal)).rejects.toMatchObject({ code: "internal" });
  });
});

describe("a read of a reservation", () => {
  test("of nothing is nothing, by a consistent read of one key", async () => {
    expect(await store.read("nothing", signal)).toBeUndefined();
    expect(service.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        TableName: "latchkey",
        Key: { pk: { S: "idempotency#nothing" }, sk: { S: "request" } },
        ConsistentRead: true,
      },
    ]);
  });

  test("is the one that was started", async () => {
    expect(await recordOf(await start())).toEqual(record());
  });
});

describe("a run is not started", () => {
  test.each<[sentence: string, stored: Partial<IdempotencyRecord>]>([
    ["runs", {}],
    ["is done", { status: "done", response: "{}" }],
    ["was released", { status: "released" }],
    ["was cut off", { lockedUntil: "2026-01-01T00:00:00.000Z" }],
    ["has a second left of its day", { deleteAt: nowSeconds + 1 }],
  ])("if another %s", async (_, stored) => {
    const hash = await start(record(stored));
    expect(await store.begin(hash, other, now, signal)).toBe(false);
    expect(await recordOf(hash)).toEqual(record(stored));
  });
});

describe("a run is started", () => {
  test("in place of a record after its day, of which nothing stays", async () => {
    const hash = await start(record({ status: "done", response: "{}", deleteAt: nowSeconds }));
    expect(await store.begin(hash, other, now, signal)).toBe(true);
    expect(await recordOf(hash)).toEqual(other);
  });

  test("even if the response to the write is lost", async () => {
    const hash = newHash();
    service.respond(appliedThenLost);
    expect(await store.begin(hash, record(), now, signal)).toBe(true);
  });
});

describe("a key is not taken over", () => {
  test("if there is no record", async () => {
    const hash = newHash();
    expect(await store.takeOver(hash, record(), other, signal)).toBe(false);
    expect(await recordOf(hash)).toBeUndefined();
  });

  test.each<[sentence: string, stored: Partial<IdempotencyRecord>]>([
    ["another run has it by now", { claim: "claim-3" }],
    ["its run has ended by now", { status: "done", response: "{}" }],
    ["its run has been released by now", { status: "released" }],
  ])("if %s", async (_, stored) => {
    const hash = await start(record(stored));
    expect(await store.takeOver(hash, record(), other, signal)).toBe(false);
    expect(await recordOf(hash)).toEqual(record(stored));
  });
});

describe("a key is taken over", () => {
  test("with the new fields of the record, while body and response stay", async () => {
    const done = record({ status: "done", response: "{}" });
    const hash = await start(done);
    expect(await store.takeOver(hash, done, { ...other, fingerprint: "never", response: "never" }, signal)).toBe(true);
    expect(await recordOf(hash)).toEqual({ ...other, response: "{}" });
  });

  test("even if the response to the write is lost", async () => {
    const hash = await start();
    service.respond(appliedThenLost);
    expect(await store.takeOver(hash, record(), other, signal)).toBe(true);
  });
});

describe("a run's end", () => {
  test.each<[sentence: string, stored: Partial<IdempotencyRecord> | undefined]>([
    ["another run has the key by now", { claim: "claim-2" }],
    ["there is no record", undefined],
  ])("changes nothing if %s", async (_, stored) => {
    const hash = stored ? await start(record(stored)) : newHash();
    await store.end(hash, "claim-1", { status: "done", response: "{}" });
    expect(await recordOf(hash)).toEqual(stored && record(stored));
  });

  test("is its response", async () => {
    const hash = await start();
    await store.end(hash, "claim-1", { status: "done", response: '{"a":1}' });
    expect(await recordOf(hash)).toEqual(record({ status: "done", response: '{"a":1}' }));
  });

  test("without a response leaves the existing one", async () => {
    const hash = await start(record({ response: "{}" }));
    await store.end(hash, "claim-1", { status: "done" });
    expect(await recordOf(hash)).toEqual(record({ status: "done", response: "{}" }));
  });

  test("is written even if the response to the write is lost", async () => {
    const hash = await start();
    service.respond(appliedThenLost);
    await store.end(hash, "claim-1", { status: "released" });
    expect(await recordOf(hash)).toEqual(record({ status: "released" }));
  });
});

test("ten equal requests at once are run once, against a real table", async () => {
  let runs = 0;
  const run = idempotent(store, "createAccessRequest", {
    run: async () => {
      runs += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return { run: runs };
    },
    stored: z.object({ run: z.int() }),
    replay: async (stored) => stored,
  });
  const call = { key: "key-1234", caller: alice, ids: {}, body: { osUser: "root" } };
  const send = () => run(call, call.body, testContext({ clock: () => now, deadlineAt: now }));
  const sent = Array.from({ length: 10 }, () => send().catch(({ code }) => code));
  const outcomes = await Promise.all(sent);
  expect(runs).toBe(1);
  expect(outcomes).toContainEqual({ run: 1 });
  for (const outcome of outcomes) expect([{ run: 1 }, "idempotency-in-progress"]).toContainEqual(outcome);
  expect(await send()).toEqual({ run: 1 });
});
