import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { hostKeyReader } from "../../../../lambda/aws/dynamodb/host-key-reads.ts";
import { instanceKey } from "../../../../lambda/shared/instance.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { place } from "../../../support/samples.ts";
import { jsonError, type ScriptedResponse, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("DYNAMODB");
const read = (ids: readonly string[], signal = new AbortController().signal) =>
  hostKeyReader(boundTable).readHostKeys(
    ids.map((instanceId) => ({ ...place, instanceId })),
    signal,
  );
const bodies = () => service.requests.map(({ body }) => JSON.parse(body));

const [web, db] = ["i-0123456789abcdef0", "i-0d0000000000000a1"];
const hostKey = { key: "ssh-ed25519 AAAA", source: "registered", observedAt: "2026-01-02T03:04:05.000Z" };
const named = (instanceId: string) => instanceKey({ ...place, instanceId });
const itemOf = (instanceId: string) => ({
  pk: `instance#${named(instanceId)}`,
  sk: "host-keys",
  hostKeys: [hostKey],
});
const keyOf = (instanceId: string) => ({
  pk: { S: `instance#${named(instanceId)}` },
  sk: { S: "host-keys" },
});

/** A batch's items, and the ids of those that are left. */
function batch(items: readonly object[], left: readonly string[] = []): ScriptedResponse {
  const UnprocessedKeys = left.length > 0 ? { latchkey: { Keys: left.map(keyOf), ConsistentRead: true } } : {};
  return { body: JSON.stringify({ Responses: { latchkey: items.map((item) => marshall(item)) }, UnprocessedKeys }) };
}

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("faults", () => {
  test.each<[sentence: string, item: object]>([
    ["without host keys", { pk: `instance#${named(web)}`, sk: "host-keys" }],
    ["whose host keys are not a list", { ...itemOf(web), hostKeys: "ssh-ed25519 AAAA" }],
    ["with a time that is none", { ...itemOf(web), hostKeys: [{ ...hostKey, observedAt: "yesterday" }] }],
    ["with a key that is no base64", { ...itemOf(web), hostKeys: [hostKey, { ...hostKey, key: "ssh-ed25519 ?" }] }],
  ])("an item %s fails no list: no key of it is known, and those of others are", async (_, item) => {
    service.respond(batch([item, itemOf(db)]));
    await expect(read([web, db])).resolves.toEqual(
      new Map([
        [named(web), []],
        [named(db), [hostKey]],
      ]),
    );
  });

  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["RequestLimitExceeded", 400, "upstream-unavailable"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["ResourceNotFoundException", 400, "upstream-failure"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("%s is %s", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(read([web])).rejects.toMatchObject({ code });
  });

  test("a table that leaves the same key for ever is deadline-exceeded when the deadline ends", async () => {
    service.respondAlways(batch([], [web]));
    await expect(read([web], AbortSignal.timeout(200))).rejects.toMatchObject({ code: "deadline-exceeded" });
    // It is not hammered meanwhile.
    expect(service.requests.length).toBeLessThan(6);
  });
});

describe("a read of host keys", () => {
  test("no instances are no call", async () => {
    await expect(read([])).resolves.toEqual(new Map());
    expect(service.requests).toEqual([]);
  });

  test("several instances are one consistent read", async () => {
    service.respond(batch([itemOf(db), itemOf(web)]));
    await expect(read([web, db])).resolves.toEqual(
      new Map([
        [named(web), [hostKey]],
        [named(db), [hostKey]],
      ]),
    );
    expect(bodies()).toEqual([{ RequestItems: { latchkey: { Keys: [keyOf(web), keyOf(db)], ConsistentRead: true } } }]);
  });

  test("an instance of which nothing is known is not there", async () => {
    service.respond(batch([itemOf(db)]));
    await expect(read([web, db])).resolves.toEqual(new Map([[named(db), [hostKey]]]));
  });

  test("keys that DynamoDB has left are asked for again, and only those, as consistently", async () => {
    service.respond(batch([itemOf(web)], [db]), batch([itemOf(db)]));
    expect([...(await read([web, db])).keys()]).toEqual([named(web), named(db)]);
    expect(bodies()[1]).toEqual({ RequestItems: { latchkey: { Keys: [keyOf(db)], ConsistentRead: true } } });
  });
});
