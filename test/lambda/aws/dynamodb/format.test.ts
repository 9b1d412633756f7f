import { describe, expect, test } from "@jest/globals";
import { accessTargetIdOf } from "../../../../lambda/access/access-target.ts";
import { expireIfDue } from "../../../../lambda/access/expire.ts";
import { reserveAccess } from "../../../../lambda/access/reserve-access.ts";
import { cancel, review, revoke } from "../../../../lambda/access/transitions.ts";
import { accessAttributes } from "../../../../lambda/aws/dynamodb/access-item.ts";
import { accessIndex } from "../../../../lambda/aws/dynamodb/access-list.ts";
import { accessStore, reservationStore } from "../../../../lambda/aws/dynamodb/access-table.ts";
import { connectReads } from "../../../../lambda/aws/dynamodb/connect-reads.ts";
import { connectionStore } from "../../../../lambda/aws/dynamodb/connection-table.ts";
import { hostKeyStore } from "../../../../lambda/aws/dynamodb/host-key-table.ts";
import { idempotencyStore } from "../../../../lambda/aws/dynamodb/idempotency-table.ts";
import { eventReader } from "../../../../lambda/aws/dynamodb/stream-record.ts";
import {
  connectionKey,
  currentAccessKey,
  hostKeysKey,
  idempotencyKey,
} from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { coveringAccesses } from "../../../../lambda/connect/covering-access.ts";
import { standingOf } from "../../../../lambda/idempotency/record.ts";
import { everything } from "../../../../lambda/lists/index-key.ts";
import { act, later, sample } from "../../../support/access-requests.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { targetOf } from "../../../support/fake-access-table.ts";
import { eventOf, recordOf } from "../../../support/fake-trail.ts";
import { place, web } from "../../../support/samples.ts";
import { testContext } from "../../../support/test-context.ts";

const table = useEmbeddedTable();
const { signal } = new AbortController();
const store = accessStore(boundTable);
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

/** What newer code may have left behind before a rollback. */
const changes = [
  ["of a newer format", { v: 2 }],
  ["with an unknown status", { status: "paused" }],
  ["of a newer format, with an unknown status", { v: 2, status: "paused" }],
] as const;

let targets = 0;

describe.each(changes)("an access request %s", (_, change) => {
  async function seeded() {
    targets += 1;
    const subject = `person-${targets}`;
    const request = { ...sample.active, subject };
    const accessTargetId = accessTargetIdOf(targetOf(request));
    const id = `ar-${accessTargetId}-0123456789ab`;
    const item = json({ ...currentAccessKey(accessTargetId), ...accessAttributes({ ...request, id }), ...change });
    await table.seed([item]);
    return { request: { ...request, id }, accessTargetId, item };
  }

  test("is shown with status unknown, by id and in the list", async () => {
    const { request } = await seeded();
    const shown = { id: request.id, subject: request.subject, status: "unknown" };
    await expect(store.read(request.id, signal)).resolves.toMatchObject(shown);
    const { entries } = await accessIndex(boundTable).listAccessItems([{ by: "all" }], everything, signal);
    expect(entries.map(({ value }) => value)).toContainEqual(expect.objectContaining(shown));
  });

  test("covers no connection, and cannot be reserved for one", async () => {
    const { request, item } = await seeded();
    const { accessRequests } = await connectReads(boundTable).readForConnection(targetOf(request), signal);
    expect(accessRequests.map(({ status }) => status)).toEqual(["unknown"]);
    const { subject, osUser, ...instance } = targetOf(request);
    const covered = { subject, osUser, instance: { ...web, ...instance }, now: later(60) };
    const rules = { policy: { tagKeys: new Set<string>() }, scopeTags: [] };
    expect(coveringAccesses(accessRequests, covered, rules)).toEqual([]);
    // Even if it was read before the newer code changed it.
    const reserved = reserveAccess(
      reservationStore(boundTable),
      { request, pushBy: later(65), now: later(60) },
      signal,
    );
    await expect(reserved).resolves.toBeUndefined();
    expect(await table.stored(item)).toEqual(item);
  });

  test("cannot be reviewed, cancelled, revoked or expired", async () => {
    const { request, accessTargetId, item } = await seeded();
    const read = await store.read(request.id, signal);
    if (!read) throw new Error("It is there");
    expect(review(read, { decision: "approve", isPermitted: true }, act("carol"))).toEqual({
      rejection: "request-not-pending",
    });
    expect(cancel(read, undefined, act(read.subject))).toEqual({ rejection: "request-not-pending" });
    expect(revoke(read, { isPermitted: true }, act("carol"))).toEqual({ rejection: "request-not-active" });
    const expiry = expireIfDue(store, accessTargetId, testContext({ clock: () => later(100_000) }));
    await expect(expiry).rejects.toMatchObject({ code: "internal" });
    expect(await table.stored(item)).toEqual(item);
  });

  test("is not changed by code that read it before", async () => {
    const { request, item } = await seeded();
    const revocation = revoke(request, { isPermitted: true }, act("carol"));
    if (!("next" in revocation)) throw new Error("It was active when it was read");
    await expect(store.change(revocation, signal)).resolves.toBeUndefined();
    expect(await table.stored(item)).toEqual(item);
  });

  test("does not make room for another", async () => {
    const { request, item } = await seeded();
    const next = { ...sample.pending, subject: request.subject, id: `${request.id.slice(0, -1)}c` };
    const event = { ...eventOf(next.id, 1), data: { sequence: 1, requestId: "request-2" } };
    await expect(store.create({ next, events: [event] }, request, signal)).resolves.toBe(false);
    expect(await table.stored(item)).toEqual(item);
  });
});

test("a list never fails for a request that newer code has written, including its other changes", async () => {
  const request = { ...sample.active, subject: "person-new", id: "ar-new" };
  const { pendingUntil: _, ...rest } = accessAttributes(request);
  const foreign = { v: 3, status: 7, requirements: "two", reviews: { first: "bob" }, reason: null };
  await table.seed([json({ ...currentAccessKey(accessTargetIdOf(targetOf(request))), ...rest, ...foreign })]);
  const { entries } = await accessIndex(boundTable).listAccessItems([{ by: "all" }], everything, signal);
  const shown = { id: "ar-new", status: "unknown", reviews: [], reason: "" };
  expect(entries.map(({ value }) => value)).toContainEqual(expect.objectContaining(shown));
});

describe.each(changes)("a connection %s", (_, change) => {
  const id = `connection-${JSON.stringify(change)}`;
  const item = {
    ...connectionKey(id),
    status: "intended",
    sequence: 1,
    pushBy: "x",
    events: [eventOf(id, 1)],
    ...change,
  };

  test("is not read, so that the sweep reports it", async () => {
    await table.seed([json(item)]);
    const read = connectionStore(boundTable).readConnection(id, signal);
    await expect(read).rejects.toMatchObject({ code: "internal" });
  });

  test("gets no outcome", async () => {
    await table.seed([json(item)]);
    const outcome = { status: "pushed", sequence: 2, pushBy: "x", events: [eventOf(id, 2)] } as const;
    const written = connectionStore(boundTable).writeOutcome(id, outcome);
    await expect(written).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await table.stored(item)).toEqual(json(item));
  });
});

describe.each([
  ["of a newer format", { v: 2 }, {}],
  ["with a source that is unknown", {}, { source: "scanned" }],
])("host keys %s", (_, change, key) => {
  const id = `i-${JSON.stringify([change, key])}`;
  const hostKeys = [{ key: "ssh-ed25519 AAAA", source: "registered", observedAt: "2026-01-02T03:04:05.000Z", ...key }];
  const item = json({ ...hostKeysKey({ ...place, instanceId: id }), hostKeys, sequence: 1, ...change });

  test("are not accepted, nor replaced", async () => {
    await table.seed([item]);
    const keys = hostKeyStore(boundTable);
    const target = { ...targetOf(sample.active), instanceId: id };
    expect((await connectReads(boundTable).readForConnection(target, signal)).hostKeys).toEqual([]);
    const record = await keys.read(target, signal);
    expect(record.hostKeys).toEqual([]);
    const replacement = { before: record, hostKeys: [], event: eventOf(id, 2) };
    await expect(keys.write(target, replacement, signal)).rejects.toMatchObject({ code: "internal" });
    expect(await table.stored(item)).toEqual(item);
  });
});

test("host keys that newer code has replaced since they were read are not changed", async () => {
  const newer = { ...place, instanceId: "i-newer" };
  const item = json({ ...hostKeysKey(newer), hostKeys: [], sequence: 1, v: 2 });
  await table.seed([item]);
  const replacement = { before: { hostKeys: [], sequence: 1 }, hostKeys: [], event: eventOf("i-newer", 2) };
  await expect(hostKeyStore(boundTable).write(newer, replacement, signal)).resolves.toBe(false);
  expect(await table.stored(item)).toEqual(item);
});

describe.each([
  ["of a newer format", { v: 2 }],
  ["with an unknown status", { status: "paused" }],
])("a record of an Idempotency-Key %s", (_, change) => {
  const hash = JSON.stringify(change);
  const lockedUntil = "2026-01-02T03:04:05.000Z";
  const record = { fingerprint: "f", claim: "c", resultId: "r", lockedUntil, deleteAt: 1 };
  const item = json({ ...idempotencyKey(hash), status: "released", ...record, ...change });

  test("keeps its key taken", async () => {
    await table.seed([item]);
    const keys = idempotencyStore(boundTable);
    const found = await keys.read(hash, signal);
    expect(standingOf(found, "f", later(1_000_000))).toBe("running");
    expect(standingOf(found, "another", later(1_000_000))).toBe("running");
  });
});

test("a record of an Idempotency-Key of a newer format is not replaced, even after its time", async () => {
  const item = json({ ...idempotencyKey("newer"), status: "done", deleteAt: 1, v: 2 });
  await table.seed([item]);
  const record = {
    fingerprint: "f",
    claim: "d",
    resultId: "r",
    lockedUntil: "x",
    deleteAt: 1,
    status: "running",
  } as const;
  await expect(idempotencyStore(boundTable).begin("newer", record, later(0), signal)).resolves.toBe(false);
  expect(await table.stored(item)).toEqual(item);
});

test("a change of the stream of a newer format is a fault of that record", () => {
  const item = { ...connectionKey("1"), status: "intended", sequence: 1, events: [eventOf("1", 1)] };
  const eventsIn = eventReader("latchkey/test");
  expect(eventsIn(recordOf({ ...item, v: 1 }))).toMatchObject({
    events: [{ id: "1-1", source: "latchkey/test" }],
    foreign: 0,
  });
  expect(() => eventsIn(recordOf({ ...item, v: 2 }))).toThrow(expect.objectContaining({ code: "internal" }));
});
