import { beforeAll, describe, expect, test } from "@jest/globals";
import type { EventType } from "../../contract/audit-event.ts";
import type { AccessRequest } from "../../lambda/access/access-request.ts";
import { accessTargetIdOf, accessTargetIdOfRequest } from "../../lambda/access/access-target.ts";
import { accessAttributes } from "../../lambda/aws/dynamodb/access-item.ts";
import { eventItem } from "../../lambda/aws/dynamodb/event-table.ts";
import { currentAccessKey } from "../../lambda/aws/dynamodb/table-keys.ts";
import { trailEvent } from "../../lambda/shared/trail-event.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { Crowd } from "../support/crowd.ts";
import { type AccessChanges, activeAccess, targetOf } from "../support/fake-access-table.ts";
import { place } from "../support/samples.ts";
import { useLocalStack } from "../support/test-stack.ts";

// What a page reads does not depend on how much is stored. Counts, not times: they are the same on every machine.

const [few, many] = [100, 100_000];
const timeAt = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

const crowd = new Crowd();
const local = useLocalStack({ changeTable: crowd.in });

/** What a page has, and what it took. */
interface Counted {
  readonly found: readonly string[];
  readonly hasMore: boolean;
  /** Queries of indexes, and the items that they have returned. */
  readonly queries: number;
  readonly read: number;
  /** Other reads, of the function that serves the page. */
  readonly others: readonly string[];
}

async function pageOf<Item>(path: string, as: string, nameOf: (item: Item) => string): Promise<Counted> {
  const { stack } = local;
  stack.log.clear();
  crowd.read = 0;
  const { status, body } = await callApi(stack.url, { path, as });
  expect([status, body]).toEqual([200, body]);
  const { items, nextCursor } = body as { items: Item[]; nextCursor?: string };
  const operations = stack.log.calls
    .map(({ operation }) => operation)
    .filter((operation) => ["Query", "BatchGetItem", "DescribeInstances"].includes(operation));
  const isQuery = (operation: string) => operation === "Query";
  return {
    found: items.map(nameOf),
    hasMore: nextCursor !== undefined,
    queries: operations.filter(isQuery).length,
    read: crowd.read,
    others: operations.filter((each) => !isQuery(each)).sort(),
  };
}

type Case = readonly [sentence: string, as: string, query: string];
const asCase = ([sentence, as, query]: readonly [...Case, ...unknown[]]): Case => [sentence, as, query];

describe("a page of access requests", () => {
  const ended = ["denied", "cancelled", "expired", "revoked"] as const;

  /** With an id of its own, and the time of this second. */
  function stored(changes: AccessChanges, second: number): Record<string, unknown> {
    const far = "2099-01-01T00:00:00.000Z";
    const about = activeAccess({ ...changes, createdAt: timeAt(second), pendingUntil: far, expiresAt: far });
    const request: AccessRequest = {
      ...about,
      id: `ar-${accessTargetIdOf(targetOf(about))}-${second.toString(16).padStart(12, "0")}`,
      reviews: [],
      ...(ended.some((each) => each === changes.status) && { endedAt: timeAt(second) }),
    };
    return { ...currentAccessKey(accessTargetIdOfRequest(request)), ...accessAttributes(request), v: 1 };
  }

  /** They are older than all others. Alice asks for prod-1, and carol, who can view nothing, for dave. */
  const own = (["pending", "active", "cancelled"] as const).flatMap((status, index) => [
    stored({ subject: "alice", requestedBy: "alice", instanceId: fleet.prod1, osUser: status, status }, index),
    stored({ subject: "dave", requestedBy: "carol", instanceId: fleet.vault1, osUser: status, status }, index + 10),
  ]);

  /** Others, of which the first thirty are open. */
  function* others(count: number, { instanceIds, subjects }: Others) {
    for (let index = 0; index < count; index += 1) {
      const subject = subjects[index % subjects.length] ?? "";
      const instanceId = instanceIds[index % instanceIds.length] ?? "";
      const status = index < 30 ? "active" : (ended[index % ended.length] ?? "denied");
      yield stored({ subject, requestedBy: subject, instanceId, osUser: "other", status }, 100 + index);
    }
  }
  interface Others {
    readonly instanceIds: readonly string[];
    readonly subjects: readonly string[];
  }

  const people = Array.from({ length: 500 }, (_, index) => `person-${index}`);
  const visible: Others = { instanceIds: [fleet.web1, fleet.db1, fleet.prod1], subjects: people };
  const hidden: Others = { instanceIds: [fleet.vault1], subjects: people };
  const onHidden = `instanceId=${fleet.vault1}`;
  const ofDave: Others = { instanceIds: [fleet.web1], subjects: ["dave"] };

  /** The pages of each case, with few and with many others. */
  function pages(of: Others, cases: readonly Case[]): ReadonlyMap<string, readonly Counted[]> {
    const counted = new Map<string, Counted[]>(cases.map(([sentence]) => [sentence, []]));
    beforeAll(async () => {
      for (const count of [few, many]) {
        crowd.clear();
        crowd.add(own);
        crowd.add(others(count, of));
        for (const [sentence, as, query] of cases) {
          const page = await pageOf<{ osUser: string }>(`/v1/access-requests?${query}`, as, ({ osUser }) => osUser);
          counted.get(sentence)?.push(page);
        }
      }
    });
    return counted;
  }

  const all = ["cancelled", "active", "pending"];

  describe("has the caller's own, and reads the same, with 100 and with 100,000 others", () => {
    const cases: readonly [...Case, found: readonly string[], queries: number][] = [
      ["of a subject", "alice", "subject=alice", all, 2],
      ["of a subject that are open", "alice", "subject=alice&status=pending", ["pending"], 1],
      ["of a subject that have ended", "alice", "subject=alice&status=cancelled", ["cancelled"], 1],
      ["of a subject on an instance", "alice", `subject=alice&instanceId=${fleet.prod1}`, all, 2],
      ["for an instance", "alice", `instanceId=${fleet.prod1}`, all, 2],
      ["for an instance that are active", "alice", `instanceId=${fleet.prod1}&status=active`, ["active"], 1],
      ["that are pending", "alice", "status=pending", ["pending"], 1],
      ["that are active", "alice", "status=active", ["active"], 4],
      ["that take the caller's review", "bob", "reviewable=true", ["pending"], 3],
      ["of a caller who can view nothing", "carol", "", all, 4],
      ["of such a caller that are active", "carol", "status=active", ["active"], 2],
      ["of such a caller for a subject", "carol", "subject=dave", all, 4],
      ["of a subject who has none", "alice", "subject=erin", [], 2],
      ["for an instance that is hidden: it then reads the caller's own", "alice", onHidden, [], 2 + 4],
    ];
    const counted = pages(hidden, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, __, found, queries) => {
      const [small, large] = counted.get(sentence) ?? [];
      expect(large).toMatchObject({ found, hasMore: false, queries });
      expect(large).toEqual({ ...small, read: large?.read });
      expect(large?.read).toBeLessThanOrEqual(200);
    });
  });

  describe("is full, and reads the same, with 100 and with 100,000 others", () => {
    const cases: readonly [...Case, queries: number][] = [
      ["of all", "alice", "limit=15", 1],
      ["that are denied", "alice", "limit=15&status=denied", 1],
      ["that have expired", "alice", "limit=15&status=expired", 6],
      ["for an instance", "alice", `limit=15&instanceId=${fleet.web1}`, 2],
      ["for an instance that are open", "alice", `limit=10&instanceId=${fleet.web1}&status=active`, 1],
    ];
    const counted = pages(visible, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, query, queries) => {
      const [small, large] = counted.get(sentence) ?? [];
      expect(large).toMatchObject({ queries, others: small?.others });
      expect([small?.queries, large?.found.length]).toEqual([queries, Number(/\d+/.exec(query))]);
      expect(large?.read).toBeLessThanOrEqual(queries * 100);
    });
  });

  describe("looks at four hundred of a partition at most, if it filters what it has read", () => {
    const cases: readonly [...Case, page: Partial<Counted>][] = [
      ["all, if the caller may view few of them", "alice", "", { found: [], hasMore: true, queries: 4, read: 400 }],
    ];
    const counted = pages(hidden, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, __, page) => {
      expect(counted.get(sentence)?.[1]).toMatchObject(page);
    });
  });

  describe("looks at four hundred of a subject's at most, if it filters these", () => {
    const sentence = "by instance";
    const counted = pages(ofDave, [[sentence, "dave", `subject=dave&instanceId=${fleet.vault1}`]]);
    test(sentence, () => {
      const [small, large] = counted.get(sentence) ?? [];
      expect(small).toMatchObject({ found: all, hasMore: false, queries: 2 });
      expect(large).toMatchObject({ found: [], hasMore: true, queries: 8 });
    });
  });
});

describe("a page of the trail", () => {
  const types = ["connection.intended", "connection.pushed", "connection.denied", "review.submitted"] as const;

  /** With an id of its own, and the time of this second. */
  function filed(facts: object, second: number, type: EventType = "connection.intended"): Record<string, unknown> {
    const id = `c-${second.toString(16).padStart(12, "0")}`;
    const at = new Date(timeAt(second));
    const usual = { actor: "erin", subject: "erin", ...place, instanceId: fleet.web1, requestId: "r-1" };
    const event = trailEvent({ collection: "connections", id, sequence: 1, type, at }, { ...usual, ...facts });
    return { ...eventItem({ ...event, source: "latchkey/local" }, at), v: 1 };
  }

  /** One of each kind, older than all others. */
  const own = [
    filed({ subject: "alice", osUser: "subject" }, 0),
    filed({ actor: "alice", osUser: "actor" }, 1),
    filed({ accessRequestId: "ar-1", osUser: "request" }, 2),
    filed({ instanceId: fleet.db1, osUser: "instance" }, 3),
    filed({ osUser: "type" }, 4, "break-glass.used"),
  ];

  function* others(count: number, instanceId: string) {
    for (let index = 0; index < count; index += 1)
      yield filed({ instanceId, osUser: "other" }, 100 + index, types[index % types.length]);
  }

  function pages(instanceId: string, cases: readonly Case[]): ReadonlyMap<string, readonly Counted[]> {
    const counted = new Map<string, Counted[]>(cases.map(([sentence]) => [sentence, []]));
    beforeAll(async () => {
      for (const count of [few, many]) {
        crowd.clear();
        crowd.add(own);
        crowd.add(others(count, instanceId));
        for (const [sentence, as, query] of cases) {
          const page = await pageOf<{ data: { osUser: string } }>(
            `/v1/audit-events?${query}`,
            as,
            ({ data }) => data.osUser,
          );
          counted.get(sentence)?.push(page);
        }
      }
    });
    return counted;
  }

  describe("has what is asked for, and reads the same, with 100 and with 100,000 other events", () => {
    const cases: readonly [...Case, found: readonly string[], queries: number][] = [
      ["about a subject", "alice", "subject=alice", ["subject"], 1],
      ["of an actor", "alice", "actor=alice", ["actor"], 1],
      ["about an access request", "alice", "accessRequestId=ar-1", ["request"], 1],
      ["about an instance", "alice", `instanceId=${fleet.db1}`, ["instance"], 2],
      ["of a type", "alice", "type=latchkey.break-glass.used", ["type"], 4],
      ["of a time", "alice", `to=${timeAt(5)}`, ["type", "instance", "request", "actor", "subject"], 4],
      ["about a subject who has none", "alice", "subject=dave", [], 1],
      ["about a connection, by its events' ids", "alice", `connectionId=c-${"0".repeat(12)}`, [], 0],
      ["about a hidden instance", "alice", `instanceId=${fleet.vault1}`, [], 1],
    ];
    const counted = pages(fleet.web1, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, __, found, queries) => {
      const [small, large] = counted.get(sentence) ?? [];
      expect(large).toMatchObject({ found, hasMore: false, queries });
      expect(large).toEqual(small);
    });
  });

  describe("is full, and reads the same, with 100 and with 100,000 other events", () => {
    const cases: readonly [...Case, queries: number][] = [
      ["of all", "alice", "limit=20", 4],
      ["of a type", "alice", "limit=20&type=latchkey.connection.pushed", 4],
      ["about an instance", "alice", `limit=20&instanceId=${fleet.web1}`, 2],
      ["about a subject", "alice", "limit=20&subject=erin", 1],
    ];
    const counted = pages(fleet.web1, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, __, queries) => {
      const [small, large] = counted.get(sentence) ?? [];
      expect(large).toMatchObject({ queries, others: small?.others });
      expect([small?.queries, small?.found.length, large?.found.length]).toEqual([queries, 20, 20]);
      expect(large?.read).toBeLessThanOrEqual(160);
    });
  });

  describe("looks at four reads' events at most, if it filters these", () => {
    const cases: readonly [...Case, page: Partial<Counted>][] = [
      ["by policy", "alice", "", { found: [], hasMore: true, queries: 16 }],
      [
        "by an actor, those about a subject",
        "alice",
        "subject=erin&actor=bob",
        { found: [], hasMore: true, read: 400 },
      ],
    ];
    const counted = pages(fleet.vault1, cases.map(asCase));
    test.each(cases)("%s", (sentence, _, __, page) => {
      expect(counted.get(sentence)?.[1]).toMatchObject(page);
    });
  });
});
