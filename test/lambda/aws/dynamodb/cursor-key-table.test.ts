import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { cursorKeyStore } from "../../../../lambda/aws/dynamodb/cursor-key-table.ts";
import { keyPeriod, SealedCursors } from "../../../../lambda/lists/sealed-cursors.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";

const { service, stored, appliedThenLost } = useEmbeddedTable();
const { signal } = new AbortController();
const store = cursorKeyStore(boundTable);

test("there is no key of a period in which none was created", async () => {
  expect(await store.readKey(1, signal)).toBeUndefined();
});

test("of two keys created at once for a period, the first stays, and both functions read it", async () => {
  const keys = [randomBytes(32), randomBytes(32)];
  await Promise.all(keys.map((key) => store.createKey(2, key, 1000, signal)));
  const read = await store.readKey(2, signal);
  expect(keys).toContainEqual(read);
  await store.createKey(2, randomBytes(32), 2000, signal);
  expect(await cursorKeyStore(boundTable).readKey(2, signal)).toEqual(read);
  expect(await stored({ pk: "cursor-key#2", sk: "key" })).toMatchObject({ deleteAt: 1000, v: 1 });
});

test("a key whose creation lost its response is the one that is read", async () => {
  const key = randomBytes(32);
  service.respond(appliedThenLost);
  await store.createKey(3, key, 1000, signal);
  expect(await store.readKey(3, signal)).toEqual(key);
});

test("after 30 days a new key id makes cursors, and the key before still reads its own, until 60 days", async () => {
  const start = 1000 * keyPeriod * 1000;
  const list = () =>
    new SealedCursors(store).seal({ route: "listInstances", size: 40 }, async ({ query }) => ({
      items: [query.cursor],
      nextCursor: "first",
    }));
  const request = (periods: number, cursor?: string) => ({
    caller: { id: "alice", kind: "person" } as const,
    query: { cursor },
    context: { clock: () => new Date(start + periods * keyPeriod * 1000), deadline: { signal } },
  });
  const [old = "", young = ""] = [(await list()(request(0))).nextCursor, (await list()(request(1))).nextCursor];
  expect([old, young].map((cursor) => Buffer.from(cursor, "base64url")[0])).toEqual([1000 % 256, 1001 % 256]);
  for (const cursor of [old, young]) expect((await list()(request(1, cursor))).items).toEqual(["first"]);
  await expect(list()(request(2, old))).rejects.toMatchObject({ code: "invalid-request" });
});
