import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { auditEventQuery } from "../../../../contract/audit-event.ts";
import { listAuditEvents } from "../../../../lambda/audit/list.ts";
import { denialClosings, denialStore } from "../../../../lambda/aws/dynamodb/denial-table.ts";
import { dueIndex } from "../../../../lambda/aws/dynamodb/due-items.ts";
import { eventStore } from "../../../../lambda/aws/dynamodb/event-table.ts";
import { trailIndex } from "../../../../lambda/aws/dynamodb/find-events.ts";
import { eventReader } from "../../../../lambda/aws/dynamodb/stream-record.ts";
import { denialKey, eventKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { closeIfDue } from "../../../../lambda/connect/close-denials.ts";
import { type Denial, denialIdOf, groupOf } from "../../../../lambda/connect/denial.ts";
import { policyClock } from "../../../../lambda/policy/policy-time.ts";
import { project } from "../../../../lambda/workers/project.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { fakePolicy } from "../../../support/fake-policy.ts";
import { fullTargets } from "../../../support/fake-targets.ts";
import { changeOf, recordOf } from "../../../support/fake-trail.ts";
import { alice, place, web } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";
import { testContext } from "../../../support/test-context.ts";

const table = useEmbeddedTable();
const signal = new AbortController().signal;
const at = new Date("2026-01-02T03:04:05.678Z");
const afterwards = new Date("2026-01-02T03:06:00.000Z");

let callers = 0;
/** A denial of a caller who has none yet. */
function newDenial(change: Partial<Denial> = {}): Denial {
  const actor = `caller-${++callers}`;
  return {
    ...{ code: "access-denied", actor, subject: actor, ...place, instanceId: web.instanceId, osUser: "root" },
    ...{ publicKeyFingerprint: "SHA256:abc", policies: [], policyDigest: "sha256:abc", requestId: "request-1", at },
    ...change,
  };
}
const instance = (n: number) => `i-${String(n).padStart(8, "0")}`;
const deny = (denial: Denial) => denialStore(boundTable).writeDenial(denial, signal);
const idOf = (denial: Denial) => denialIdOf(groupOf(denial));
const storedOf = async (denial: Denial): Promise<Record<string, unknown>> => {
  const item = await table.stored(denialKey(idOf(denial)));
  return item ?? {};
};
const close = (id: string, now = afterwards) =>
  closeIfDue(denialClosings(boundTable), id, testContext({ clock: () => now }));

describe("a denial", () => {
  test("is an item with an event, due at its end, that expires after 90 days", async () => {
    const denial = newDenial();
    await deny(denial);
    expect(await storedOf(denial)).toMatchObject({
      ...{ code: "access-denied", osUser: "root", minute: "2026-01-02T03:04:00.000Z", v: 1 },
      ...{ count: 1, instanceIds: new Set([web.instanceId]), sequence: 1 },
      events: [{ type: "latchkey.connection.denied", data: { requestId: "request-1" } }],
      ...{ due: "closing", dueAt: afterwards.toISOString() },
      deleteAt: Math.floor(at.getTime() / 1000) + 90 * 24 * 60 * 60,
    });
  });

  test("that comes again only counts", async () => {
    const denial = newDenial();
    await deny(denial);
    const first = await storedOf(denial);
    await Promise.all(["2", "3"].map((n) => deny({ ...denial, requestId: `request-${n}` })));
    expect(await storedOf(denial)).toEqual({ ...first, count: 3 });
  });

  test("on absent or unseen instances names up to twenty of them, and counts on", async () => {
    const denial = newDenial({ code: "instance-not-found" });
    for (let n = 0; n < 25; n += 1) await deny({ ...denial, instanceId: instance(n) });
    await deny({ ...denial, instanceId: instance(3) });
    const { count, instanceIds, sequence } = await storedOf(denial);
    expect([count, sequence]).toEqual([26, 1]);
    expect([...(instanceIds as Set<string>)].sort()).toEqual(Array.from({ length: 20 }, (_, n) => instance(n)));
  });

  test.each([
    ["AccessDeniedException", "aws-refused"],
    ["ThrottlingException", "upstream-unavailable"],
  ])("that cannot be written is a fault of ours: %s", async (name, code) => {
    table.service.respondAlways(jsonError(name, 400));
    await expect(deny(newDenial())).rejects.toMatchObject({ code });
  });

  test("after its minute was closed is not lost, but a fault", async () => {
    const denial = newDenial();
    await deny(denial);
    await close(idOf(denial));
    await expect(deny(denial)).rejects.toMatchObject({ code: "upstream-failure" });
  });
});

describe("the closing", () => {
  test("is found when it is due, and not written before", async () => {
    const denial = newDenial();
    await deny(denial);
    async function due(until: Date): Promise<string[]> {
      const ids: string[] = [];
      for await (const page of dueIndex(boundTable).findDue("closing", until, signal)) ids.push(...page);
      return ids;
    }
    expect(await due(new Date(afterwards.getTime() - 1))).not.toContain(idOf(denial));
    expect(await due(afterwards)).toContain(idOf(denial));
    expect(await close(idOf(denial), new Date(afterwards.getTime() - 1))).toBe(false);
  });

  test("of several has an event with the count, once", async () => {
    const denial = newDenial();
    for (let n = 0; n < 3; n += 1) await deny(denial);
    expect([await close(idOf(denial)), await close(idOf(denial))]).toEqual([true, false]);
    const item = await storedOf(denial);
    expect(item).toMatchObject({ sequence: 2, count: 3, events: [{ data: { sequence: 2, count: 3 } }] });
    expect(item).not.toHaveProperty("due");
  });

  test("of one leaves its event, and nothing due", async () => {
    const denial = newDenial();
    await deny(denial);
    expect(await close(idOf(denial))).toBe(true);
    expect(await storedOf(denial)).toMatchObject({ sequence: 1, events: [{ data: { sequence: 1 } }] });
    expect(await storedOf(denial)).not.toHaveProperty("dueAt");
  });

  test("does not count what was denied meanwhile as told", async () => {
    const denial = newDenial();
    await deny(denial);
    const closings = denialClosings(boundTable);
    const read = await closings.readDenials(idOf(denial), signal);
    await deny(denial);
    if (!read) throw new Error("It is there");
    expect(await closings.writeClosing(idOf(denial), read, { sequence: 1, events: [] }, signal)).toBe(false);
    expect(await storedOf(denial)).toMatchObject({ count: 2, due: "closing" });
  });

  test("of denials that are not there, or unreadable, writes nothing", async () => {
    expect(await close("dn-none")).toBe(false);
    table.service.respond({ body: JSON.stringify({ Item: marshall({ count: 0 }) }) });
    await expect(close("dn-odd")).rejects.toMatchObject({ code: "internal" });
  });
});

test("450 denied requests of one caller do not bury others on page 1 of the audit list", async () => {
  const mallory = newDenial();
  const closedAt = new Date("2026-01-02T04:00:00.000Z");
  const requests = Array.from({ length: 450 }, (_, n) => {
    const isUnseen = n % 3 === 0;
    const denied = isUnseen ? { code: "instance-not-found" as const, instanceId: instance(n) } : {};
    return { ...mallory, ...denied, at: new Date(at.getTime() + (n % 3) * 60_000) };
  });
  const groups = Map.groupBy(requests, idOf);
  const ids = [...groups.keys()];
  expect(ids).toHaveLength(3);
  for (const denials of groups.values()) {
    const [first = mallory] = denials;
    await deny(first);
    // As the others would leave it: see above.
    const instanceIds = new Set(denials.map(({ instanceId }) => instanceId).slice(0, 20));
    await table.seed([{ ...(await storedOf(first)), count: denials.length, instanceIds }]);
  }
  const images = async () => Promise.all(ids.map((id) => table.stored(denialKey(id))));
  const eventsIn = eventReader("latchkey/test");
  const putEvents = async (events: readonly object[]) => events.map((event) => ({ event }) as never);
  const ports = { eventsIn, putEvents, keepPolicies: async () => {}, ...eventStore(boundTable) };
  const file = async (records: Parameters<typeof project>[1]) =>
    expect(await project(ports, records, testContext({ clock: () => closedAt }))).toMatchObject({
      failures: [],
      refusals: [],
    });

  await file([changeOf("of-another", 1)]);
  await file((await images()).map((item) => recordOf(item ?? {})));
  for (const id of ids) expect(await close(id, closedAt)).toBe(true);
  await file((await images()).map((item) => recordOf(item ?? {})));

  const audit = {
    policy: fakePolicy(),
    ...trailIndex(boundTable),
    ...fullTargets(web),
  };
  const settings = { possibleCallers: () => [], policyTime: policyClock("UTC") };
  const query = { caller: alice, ...auditEventQuery.parse({}) };
  const { items } = await listAuditEvents(audit, settings, query, testContext());
  expect(items.map(({ id }) => id)).toContain("of-another-1");
  const ofMallory = items.filter(({ data }) => data.actor === mallory.actor);
  // For each minute: the first one, and one with the count.
  expect(ofMallory.filter(({ data }) => data["code"] === "access-denied").map(({ data }) => data["count"])).toEqual([
    150,
    150,
    undefined,
    undefined,
  ]);
  expect(await table.stored(eventKey(`${ids[0]}-1`))).toHaveProperty("deleteAt");
  expect(await table.stored(eventKey("of-another-1"))).not.toHaveProperty("deleteAt");
});
