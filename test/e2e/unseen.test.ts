import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type ApiRoute, routes } from "../../contract/routes.ts";
import { sampleFleet } from "../../local/fleet/sample-fleet.ts";
import { keys } from "../fixtures/keys.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { isBookkeeping } from "../support/bookkeeping.ts";
import { requestLines } from "../support/request-lines.ts";
import { useLocalStack } from "../support/test-stack.ts";

const table: readonly (readonly [string, ApiRoute])[] = Object.entries(routes);

const namesInstance = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined &&
  // At any depth, or behind a reference.
  JSON.stringify(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).includes('"instanceId"');

/** From the route table, so that no new route is forgotten: without a body in `bodies`, it responds with 400. */
const takingInstance = table
  // In a list the instance is a filter, and one that the caller may not see gives an empty page: see below.
  // A revoke names an instance beside an access request, which must be there first.
  .filter(([name, { params, body }]) => name !== "revokeAccessRequest" && [params, body].some(namesInstance));
const listing = table.filter(([, { query }]) => namesInstance(query));

/** The fields that the body of a route needs besides the instance id. */
const bodies: Readonly<Record<string, object>> = {
  createConnection: { publicKey: keys.ed25519 },
  putHostKeys: { hostKeys: [{ key: keys.otherEd25519 }] },
  createAccessRequest: { osUser: "ec2-user", durationSeconds: 60, reason: "to look at the log" },
};

/** Each is an existing instance and an absent one. */
const pairs: readonly (readonly [sentence: string, as: string, unseen: string, absent: string])[] = [
  ["an instance that nobody may see", "alice", fleet.vault1, fleet.absent],
  ["an instance that others may see", "carol", fleet.web1, fleet.absent],
  ["an instance with an id of old, which others may see", "carol", fleet.legacy1, "i-0a1b2c3e"],
  ["a stopped instance that others may see", "carol", fleet.old1, fleet.absent],
  ["an instance that no machine may see either", "chatbot", fleet.vault1, fleet.absent],
];

/** With more than one target each of these responses is held back for half a second: one pair tells as much there. */
describe.each([
  ["with one target", { fleets: [sampleFleet()] }, pairs],
  ["with two targets", {}, pairs.slice(0, 1)],
] as const)(
  "%s an instance that the caller may not see is indistinguishable from an absent one",
  (_, options, pairsHere) => {
    const local = useLocalStack(options);

    test("the route table has routes that take an instance", () => {
      expect(takingInstance.map(([name]) => name)).toEqual(
        expect.arrayContaining(["createConnection", "getInstance", "decide", "createAccessRequest", "putHostKeys"]),
      );
      expect(listing.map(([name]) => name)).toEqual(["listAccessRequests", "listAuditEvents"]);
    });

    describe.each(takingInstance)("%s", (name, route) => {
      test.each(pairsHere)("%s", async (_pair, as, unseen, absent) => {
        // Fills caches that last a minute, such as the endpoints of the region, for both.
        await ask(name, route, as, absent);

        const told = await ask(name, route, as, unseen);
        expect(told.response).toMatchObject({ status: 404, body: { code: "instance-not-found" } });
        expect(told.lines).toHaveLength(1);
        // A denied connection is recorded, as for any instance.
        expect(told.records).toHaveLength(name === "createConnection" ? 1 : 0);
        expect(told).toEqual(await ask(name, route, as, absent));
      });
    });

    describe.each(listing)("%s", (name, route) => {
      test.each(pairsHere)("%s", async (_pair, as, unseen, absent) => {
        const told = await ask(name, route, as, unseen);
        expect(told.response).toMatchObject({ status: 200, body: { items: [] } });
        expect(told.records).toEqual([]);
        const { response } = await ask(name, route, as, absent);
        expect(told.response).toEqual(response);
      });
    });

    /** Everything that a request leaves: the response, the calls to AWS, the log, the records. */
    async function ask(name: string, route: ApiRoute, as: string, instanceId: string) {
      const { log, records } = local.stack;
      await local.stack.settled();
      const before = { calls: log.calls.length, lines: local.logLines.length, records: records.length };
      const body = route.body && { ...bodies[name], ...(namesInstance(route.body) && { instanceId }) };
      const query = namesInstance(route.query) ? `?instanceId=${instanceId}` : "";
      const path = route.path.replace("{instanceId}", instanceId) + query;
      const precondition = route.isVersioned && route.method !== "GET" ? { headers: { "if-none-match": "*" } } : {};
      const call = { method: route.method, path, as, body, ...precondition };
      const { status, headers, text } = await callApi(local.stack.url, call);
      const requestId = headers.get("x-request-id") ?? "none";
      await requestLines(local, requestId, 1);
      await local.stack.settled();

      await local.stack.settled();
      const calls = log.calls
        .slice(before.calls)
        // The events of the request reach the bus after it.
        .filter(({ role }) => role !== "projector")
        // Who has called is kept once in ten minutes. Counts are the same for both.
        .filter((call) => !JSON.stringify(call.request).includes('"person#'))
        // The calls of one round trip come in any order.
        .sort((a, b) => a.operation.localeCompare(b.operation))
        .map(({ startedAt: _, endedAt: __, ...call }) => call);
      const lines = local.logLines
        .slice(before.lines)
        .map((line): { requestId?: string } => JSON.parse(line))
        .filter((line) => line.requestId === requestId);
      const plainHeaders = [...headers].filter(([header]) => header !== "date");
      return withoutIdsAndTimes(
        {
          response: { status, headers: plainHeaders, body: JSON.parse(text) },
          calls,
          lines,
          records: records
            .slice(before.records)
            .filter(({ newImage: { pk } }) => !String(pk).startsWith("event#") && !isBookkeeping(pk))
            .map((record) =>
              String(record.newImage["pk"]).startsWith("denial#") ? withoutCounts(record.newImage) : record,
            ),
        },
        { instanceId, requestId },
      );
    }
  },
);

/** Denials on absent and unseen instances are one item, in which the first of a minute leaves its event. */
function withoutCounts({ count: _, instanceIds: __, events: ___, ...image }: Readonly<Record<string, unknown>>) {
  return image;
}

/** Replaces what differs between instances, requests and times. */
function withoutIdsAndTimes<T>(told: T, { instanceId, requestId }: { instanceId: string; requestId: string }): T {
  const text = JSON.stringify(told)
    .replaceAll(instanceId, "INSTANCE")
    .replaceAll(requestId, "REQUEST")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "CONNECTION")
    // The id of an access target is derived from the instance id.
    .replace(/access#[0-9a-f]{32}/g, "access#TARGET")
    // That of a denial has its minute.
    .replace(/dn-[0-9a-f]{32}/g, "DENIAL")
    .replace(/"((?::set_)?deleteAt)":(?:\d+|\{"N":"\d+"\})/g, '"$1":0')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, "TIME")
    .replace(/"(Duration|Timestamp)":\d+/g, '"$1":0')
    .replace(/"(accessKeyId|secretAccessKey|sessionToken)":"[^"]+"/g, '"$1":"ISSUED"');
  return JSON.parse(text);
}
