import { describe, expect, test } from "@jest/globals";
import { hostKeyReader } from "../../../../lambda/aws/dynamodb/host-key-reads.ts";
import { hostKeyStore } from "../../../../lambda/aws/dynamodb/host-key-table.ts";
import { hostKeysKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { hostKeyEvent } from "../../../../lambda/host-keys/host-key-event.ts";
import type { StoredHostKey } from "../../../../lambda/host-keys/stored-host-key.ts";
import { type InstanceKey, instanceKey } from "../../../../lambda/shared/instance.ts";
import { hostKeys } from "../../../fixtures/host-keys.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { place } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";

const table = useEmbeddedTable();
const { service, appliedThenLost } = table;
const store = hostKeyStore(boundTable);
const live = () => new AbortController().signal;

let instances = 0;
const newInstance = () => ({ ...place, instanceId: `i-${String(++instances).padStart(8, "0")}` });
const eventId = (id: InstanceKey, sequence: number) => `${instanceKey(id).replaceAll("/", "_")}-${sequence}`;
const stored = (id: InstanceKey) => table.stored(hostKeysKey(id));

const observedAt = "2026-01-02T03:04:05.678Z";
const registered: StoredHostKey = { key: hostKeys.ed25519, source: "registered", observedAt };
const console: StoredHostKey = { key: hostKeys.rsa, source: "console", observedAt };

/** Writes what follows so many changes, as a request does. */
function write(
  id: InstanceKey,
  after: number,
  keys: readonly StoredHostKey[],
  requestId = "request-1",
  signal = live(),
) {
  const event = hostKeyEvent({
    ...id,
    afterSequence: after,
    type: "host-keys.registered",
    actor: "bob",
    hostKeys: keys,
    requestId,
    at: new Date(observedAt),
  });
  // What it followed has been read: what stands there does not matter to the write, but its number does.
  return store.write(id, { before: { hostKeys: [], sequence: after }, hostKeys: keys, event }, signal);
}

describe("a change is not written", () => {
  test.each<[sentence: string, before: number, after: number]>([
    ["if somebody has made the first one meanwhile", 1, 0],
    ["if somebody has made the next one meanwhile", 2, 1],
    ["that leaves a number out", 1, 2],
    ["that follows one which is not there", 0, 1],
  ])("%s", async (_, before, after) => {
    const id = newInstance();
    for (let sequence = 0; sequence < before; sequence++) await write(id, sequence, [console]);
    const there = await stored(id);
    expect(await write(id, after, [registered], "request-2")).toBe(false);
    expect(await stored(id)).toEqual(there);
  });

  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("and has failed with %s: %s %s", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(write(newInstance(), 0, [registered])).rejects.toMatchObject({ code });
  });

  test("after the deadline", async () => {
    const late = write(newInstance(), 0, [registered], "request-1", AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });
});

describe("a change", () => {
  test("is one item with its number and its event, and nothing that time has to do", async () => {
    const id = newInstance();
    expect(await write(id, 0, [registered, console])).toBe(true);
    expect(service.requests).toHaveLength(1);
    expect(await stored(id)).toEqual({
      ...hostKeysKey(id),
      v: 1,
      hostKeys: [registered, console],
      sequence: 1,
      events: [expect.objectContaining({ id: eventId(id, 1), type: "latchkey.host-keys.registered" })],
    });
  });

  test("follows the one before, of which it leaves nothing", async () => {
    const id = newInstance();
    await write(id, 0, [registered, console]);
    expect(await write(id, 1, [])).toBe(true);
    expect(await stored(id)).toMatchObject({ hostKeys: [], sequence: 2, events: [{ id: eventId(id, 2) }] });
  });

  test("is the first where the keys were put there by hand, without a number", async () => {
    const id = newInstance();
    await table.seed([{ ...hostKeysKey(id), hostKeys: [console] }]);
    expect(await store.read(id, live())).toEqual({ hostKeys: [console], sequence: 0 });
    expect(await write(id, 0, [registered])).toBe(true);
    expect(await stored(id)).toMatchObject({ hostKeys: [registered], sequence: 1 });
  });

  test.each([0, 1])("that was written, but whose answer was lost, is no other's: after %i", async (after) => {
    const id = newInstance();
    if (after === 1) await write(id, 0, [console]);
    service.respond(appliedThenLost);
    expect(await write(id, after, [registered], "request-2")).toBe(true);
    expect(await stored(id)).toMatchObject({ hostKeys: [registered], sequence: after + 1 });
  });
});

describe("a read of one instance's host keys", () => {
  test("of an instance of which nothing is known: nothing, and no change yet", async () => {
    expect(await store.read(newInstance(), live())).toEqual({ hostKeys: [], sequence: 0 });
  });

  test("is what was written, consistently, and the same to those who may only read", async () => {
    const id = newInstance();
    await write(id, 0, [registered, console]);
    expect(await store.read(id, live())).toEqual({ hostKeys: [registered, console], sequence: 1 });
    expect(JSON.parse(service.requests.at(-1)?.body ?? "")).toMatchObject({ ConsistentRead: true });
    expect((await hostKeyReader(boundTable).readHostKeys([id], live())).get(instanceKey(id))).toEqual([
      registered,
      console,
    ]);
  });

  test("is a fault of ours where it is not what we write", async () => {
    const id = newInstance();
    await table.seed([{ ...hostKeysKey(id), hostKeys: [], sequence: "one" }]);
    await expect(store.read(id, live())).rejects.toMatchObject({ code: "internal" });
  });
});
