import { describe, expect, test } from "@jest/globals";
import { placeStore, quotaCounter } from "../../../../lambda/aws/dynamodb/quota-table.ts";
import { countKey, placesKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { later } from "../../../support/access-requests.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";

const table = useEmbeddedTable();
const { signal } = new AbortController();

describe("counts of a caller", () => {
  const counter = quotaCounter(boundTable, { pushes: 3, denials: 1 });

  test("end at the limit even if all come at once, per caller, window and kind", async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => counter.count("alice", "pushes", later(0), signal)));
    expect(all.filter(Boolean)).toHaveLength(3);
    expect(await counter.count("alice", "pushes", later(600), signal)).toBe(true);
    expect(await counter.count("alice", "denials", later(0), signal)).toBe(true);
    expect(await counter.count("alice", "denials", later(0), signal)).toBe(false);
    expect(await counter.count("dave", "denials", later(0), signal)).toBe(true);
  });

  test("are kept until their window has ended", async () => {
    await counter.count("erin", "pushes", later(0), signal);
    const { count, deleteAt } = (await table.stored(countKey("erin", "pushes", later(0)))) ?? {};
    expect({ count, isKept: Number(deleteAt) > later(600).getTime() / 1000 }).toEqual({ count: 1, isKept: true });
  });
});

describe("places of a requester", () => {
  const store = placeStore(boundTable);
  const place = (id: string) => ({ id, takenAt: later(0) });

  test("end at the limit even if all are taken at once, and the same place is taken once", async () => {
    const places = { requester: "111122223333/ChatBot", subject: "alice" };
    const all = await Promise.all(["a", "b", "c", "d"].map((id) => store.take(places, place(id), 2, signal)));
    expect(all.filter(Boolean)).toHaveLength(2);
    const taken = await store.readTaken(places, signal);
    expect(taken).toHaveLength(2);
    for (const each of taken) expect(await store.take(places, each, 2, signal)).toBe(true);
    expect(await store.readTaken(places, signal)).toHaveLength(2);
    await store.free(places, taken, signal);
    expect(await store.readTaken(places, signal)).toEqual([]);
    expect(await store.take(places, place("e"), 2, signal)).toBe(true);
  });

  test("of all subjects are others than those of one", async () => {
    expect(placesKey({ requester: "bob" })).not.toEqual(placesKey({ requester: "bob", subject: "bob" }));
    expect(await store.readTaken({ requester: "bob" }, signal)).toEqual([]);
  });
});
