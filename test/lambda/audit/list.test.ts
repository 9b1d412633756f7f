import { describe, expect, test } from "@jest/globals";
import { type AuditEvent, auditEventQuery } from "../../../contract/audit-event.ts";
import { type About, listAuditEvents } from "../../../lambda/audit/list.ts";
import { indexKey } from "../../../lambda/lists/index-key.ts";
import type { PolicyEngine } from "../../../lambda/policy/engine.ts";
import { policyClock } from "../../../lambda/policy/policy-time.ts";
import { type Instance, instanceKey } from "../../../lambda/shared/instance.ts";
import type { FailedTarget } from "../../../lambda/targets/describe-instances.ts";
import { fakeIndex } from "../../support/fake-index.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { fakeTargets } from "../../support/fake-targets.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, place, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

let made = 0;
/** Events, each a second older than the one before. */
function event(facts: Partial<AuditEvent["data"]> = {}): AuditEvent {
  made += 1;
  const id = `c-${made}`;
  return {
    specversion: "1.0",
    id: `${id}-1`,
    source: "latchkey/local",
    type: "latchkey.connection.intended",
    subject: `connections/${id}`,
    time: new Date(Date.UTC(2026, 0, 2) - made * 1000).toISOString(),
    data: {
      sequence: 1,
      actor: "bob",
      subject: "bob",
      ...place,
      instanceId: web.instanceId,
      requestId: "r-1",
      ...facts,
    },
  };
}

interface World {
  readonly events: readonly AuditEvent[];
  readonly fleet?: readonly Instance[];
  readonly policy?: PolicyEngine;
  /** Targets that cannot be read. */
  readonly failed?: readonly FailedTarget[];
}

const settings = {
  possibleCallers: (id: string) => (id === "nobody" ? [] : [{ ...alice, id }]),
  policyTime: policyClock("UTC"),
};

function world({ events, fleet = [web, database], policy = fakePolicy(), failed }: World) {
  const index = fakeIndex(events.map((value) => ({ key: indexKey(value.time, value.id), value })));
  const asked: About[] = [];
  const described: (readonly string[])[] = [];
  const context = testContext();
  const targets = fakeTargets(() => fleet, failed);
  const list = async (query: object = {}) =>
    listAuditEvents(
      {
        policy,
        findEvents: (about, range) => {
          asked.push(about);
          return index.read(range);
        },
        ...targets,
        describeInstances: (keys) => {
          described.push(keys.map(({ instanceId }) => instanceId));
          return targets.describeInstances(keys);
        },
      },
      settings,
      { caller: alice, ...auditEventQuery.parse(query) },
      context,
    );
  const ids = async (query?: object) => (await list(query)).items.map(({ id }) => id);
  return { list, ids, asked, described, fields: context.fields };
}

const onlyDatabase = fakePolicy({ readAudit: ({ resource }) => resource.uid.id === instanceKey(database) });

describe("events that are left out", () => {
  const ofWeb = event();
  const ofDatabase = event({ instanceId: database.instanceId });
  const events = [ofWeb, ofDatabase];

  const ofDave = { ...event({ instanceId: undefined, subject: "dave" }), subject: "callers/su-1" };
  const ofNobody = { ...event({ instanceId: undefined, subject: "nobody" }), subject: "callers/su-2" };

  test.each<[sentence: string, world: World, left: readonly AuditEvent[]]>([
    [
      "an event about a caller whom the caller may neither suspend nor restore",
      { events: [ofDave, ofWeb], policy: fakePolicy({ suspend: false }) },
      [ofWeb],
    ],
    [
      "none about a caller whom the caller may only restore",
      {
        events: [ofDave],
        policy: fakePolicy({ readAudit: false, suspend: ({ context }) => context["restore"] === true }),
      },
      [ofDave],
    ],
    [
      "the link of a person whom the caller may neither suspend nor restore",
      { events: [{ ...ofDave, subject: "chat-links/slack/T0LOCAL/U0DAVE" }], policy: fakePolicy({ suspend: false }) },
      [],
    ],
    [
      "none of a person whom the caller may suspend",
      { events: [{ ...ofDave, subject: "chat-links/slack/T0LOCAL/U0DAVE" }], policy: fakePolicy({ readAudit: false }) },
      [{ ...ofDave, subject: "chat-links/slack/T0LOCAL/U0DAVE" }],
    ],
    ["an event about a caller whom no source of identities asserts", { events: [ofNobody, ofDave] }, [ofDave]],
    [
      "an event about an instance whose trail is not the caller's to read",
      { events, policy: onlyDatabase },
      [ofDatabase],
    ],
    ["an event about an instance that is gone", { events, fleet: [database] }, [ofDatabase]],
    [
      "an event about a namesake in another account",
      { events: [event({ accountId: "444455556666" }), ofDatabase] },
      [ofDatabase],
    ],
    [
      "an event about a namesake in another region",
      { events: [event({ region: "eu-west-1" }), ofDatabase] },
      [ofDatabase],
    ],
    ["an event about no instance", { events: [event({ instanceId: undefined }), ofWeb] }, [ofWeb]],
    ["everything, where the caller may read nothing", { events, policy: fakePolicy({ readAudit: false }) }, []],
    [
      "the caller's own too: their own say is none in the trail",
      { events: [event({ actor: "alice", subject: "alice" })], policy: fakePolicy({ readAudit: false }) },
      [],
    ],
    [
      "nothing, where they may see no instance but read its trail",
      { events, policy: fakePolicy({ view: false }) },
      events,
    ],
  ])("%s", async (_, given, left) => {
    expect(await world(given).ids()).toEqual(left.map(({ id }) => id));
  });
});

describe("a requested instance that the caller may not read", () => {
  test.each<[sentence: string, world: Omit<World, "events">]>([
    ["one that policy denies", { policy: onlyDatabase }],
    ["one that is gone", { fleet: [database] }],
  ])("gets an empty page, without a read of its events: %s", async (_, rest) => {
    const { list, asked, fields } = world({ events: Array.from({ length: 500 }, () => event()), ...rest });
    expect(await list({ instanceId: web.instanceId })).toEqual({ items: [] });
    expect(fields.unseen).toBe(true);
    expect(await list({ instanceId: web.instanceId, accessRequestId: "ar-1" })).toEqual({ items: [] });
    expect(asked).toEqual([]);
  });

  test("is told from one that the caller may", async () => {
    const { list, fields } = world({ events: [event()] });
    expect((await list({ instanceId: web.instanceId })).items).toHaveLength(1);
    expect(fields.unseen).toBeUndefined();
  });

  test("does not change that a cursor that Latchkey did not issue is refused", async () => {
    const { list } = world({ events: [], policy: onlyDatabase });
    const problem = await problemFrom(() => list({ instanceId: web.instanceId, cursor: "A" }));
    expect(problem).toMatchObject({ code: "invalid-request" });
  });
});

describe("filters", () => {
  const both = event({ accessRequestId: "ar-1" });
  const otherSubject = event({ accessRequestId: "ar-1", subject: "carol" });
  const otherInstance = event({ accessRequestId: "ar-1", instanceId: database.instanceId });
  const otherRequest = event({ accessRequestId: "ar-2" });
  const without = event();
  const byErin = event({ actor: "erin", subject: "dave" });
  const events = [both, otherSubject, otherInstance, otherRequest, without, byErin];
  const connectionId = without.subject.replace("connections/", "");

  test.each<[query: object, about: About, found: readonly AuditEvent[]]>([
    [{}, { kind: "everything" }, events],
    [{ subject: "carol" }, { kind: "subject", id: "carol" }, [otherSubject]],
    [{ instanceId: database.instanceId }, { kind: "instance", id: instanceKey(database) }, [otherInstance]],
    [{ accessRequestId: "ar-2" }, { kind: "accessRequest", id: "ar-2" }, [otherRequest]],
    [{ actor: "erin" }, { kind: "actor", id: "erin" }, [byErin]],
    [{ type: "latchkey.connection.intended", actor: "erin" }, { kind: "actor", id: "erin" }, [byErin]],
    [{ type: "latchkey.connection.pushed" }, { kind: "type", id: "latchkey.connection.pushed" }, []],
    [{ connectionId, actor: "bob" }, { kind: "connection", id: connectionId }, [without]],
    [
      { subject: "bob", instanceId: web.instanceId },
      { kind: "instance", id: instanceKey(web) },
      [both, otherRequest, without],
    ],
    [
      { subject: "bob", instanceId: web.instanceId, accessRequestId: "ar-1" },
      { kind: "accessRequest", id: "ar-1" },
      [both],
    ],
  ])("%j", async (query, about, found) => {
    const { ids, asked } = world({ events });
    expect(await ids(query)).toEqual(found.map(({ id }) => id));
    expect(asked).toEqual([about]);
  });

  test("from is inclusive, to is exclusive", async () => {
    const { ids } = world({ events });
    expect(await ids({ from: without.time, to: otherInstance.time })).toEqual([otherRequest.id, without.id]);
    expect(await ids({ from: without.time, to: without.time })).toEqual([]);
    expect(await ids({ from: both.time, to: without.time })).toEqual([]);
  });
});

describe("a target that fails", () => {
  const far = { accountId: "444455556666", region: "eu-west-1" };
  const failed = [{ ...far, code: "upstream-unavailable" }];
  const there = event(far);
  const here = event();
  const fleet = [web, { ...web, ...far }];

  test.each<[sentence: string, world: Omit<World, "events">, seen: readonly AuditEvent[], says: object]>([
    ["nothing to a caller who could not read the trail", { policy: fakePolicy({ readAudit: false }) }, [], {}],
    ["nothing of an instance that is not remembered", { fleet: [web] }, [here], {}],
    ["nothing, if it works", { failed: [] }, [there, here], {}],
    ["that events may be missing, to a caller who could read one", {}, [here], { incomplete: failed }],
  ])("says %s", async (_, rest, seen, says) => {
    const { items, ...more } = await world({ events: [there, here], fleet, failed, ...rest }).list();
    expect([items.map(({ id }) => id), more]).toEqual([seen.map(({ id }) => id), says]);
  });
});

describe("the cost of a read", () => {
  test("instances are described in one call for a read, each once, and evaluated once", async () => {
    const policy = fakePolicy();
    const events = [event(), event({ instanceId: database.instanceId }), event()];
    const { list, described } = world({ events, policy });
    await list();
    expect(described).toEqual([[web.instanceId, database.instanceId]]);
    expect(policy.questions).toHaveLength(2);
  });

  test("an empty page takes at most four reads, and has a cursor", async () => {
    const events = Array.from({ length: 500 }, () => event());
    const { list, asked, described } = world({ events, policy: onlyDatabase });
    const { items, nextCursor } = await list();
    expect([items, asked.length, described.length]).toEqual([[], 4, 1]);
    expect(await list({ cursor: nextCursor })).toEqual({ items: [] });
  });
});
