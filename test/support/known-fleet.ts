import { marshall } from "@aws-sdk/util-dynamodb";
import { inventoryReader, inventoryTargets } from "../../lambda/aws/dynamodb/inventory-reads.ts";
import { writeInstanceItem } from "../../lambda/aws/dynamodb/inventory-rows.ts";
import { tableOf } from "../../lambda/aws/dynamodb/table.ts";
import type { SyncStatus } from "../../lambda/inventory/ports.ts";
import { indexRows, inOrder, type RowKey, syncPartition } from "../../lambda/inventory/rows.ts";
import { type Instance, instanceKey } from "../../lambda/shared/instance.ts";
import { targetKey } from "../../lambda/shared/target.ts";
import { later } from "./access-requests.ts";
import { respondToCalls } from "./bound-table.ts";

type Key = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };

interface QueryInput {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Readonly<Record<":pk" | ":after" | ":upTo", { readonly S: string }>>;
  readonly Limit?: number;
}

export interface KnownFleet {
  readonly fleet: readonly Instance[];
  readonly indexedTags?: readonly string[];
  /** Those by which an instance is found, if its rows are older. */
  readonly tagsOf?: (instance: Instance) => readonly string[];
  readonly syncs?: readonly SyncStatus[];
  /** Rows that an interrupted write has left. */
  readonly leftRows?: readonly RowKey[];
  readonly observedAt?: Date;
}

/**
 * The inventory of a fleet, behind its adapter: it responds to the adapter's requests as DynamoDB does, and makes only the
 * partitions that are read, so that a fleet can be large.
 */
export function knownFleet({
  fleet,
  indexedTags = [],
  tagsOf = () => indexedTags,
  syncs = [],
  leftRows = [],
  observedAt = later(0),
}: KnownFleet) {
  const counts = { queries: 0, hits: 0, batches: 0, items: 0 };
  const partitions = new Map<string, readonly string[]>();
  const byKey = new Map(fleet.map((instance) => [`instance#${instanceKey(instance)}`, instance]));
  /** The rows of the partitions that many instances have in common: made once. */
  const shared = new Map<string, RowKey[]>();
  const rowsIn = (pk: string): readonly RowKey[] => {
    const isShared = pk.startsWith("list#");
    if (isShared && shared.size > 0) return shared.get(pk) ?? [];
    const found: RowKey[] = [];
    for (const instance of fleet) {
      for (const row of indexRows(instance, tagsOf(instance))) {
        if (!isShared && row.pk === pk) found.push(row);
        if (!isShared || !row.pk.startsWith("list#")) continue;
        const rows = shared.get(row.pk) ?? [];
        if (rows.length === 0) shared.set(row.pk, rows);
        rows.push(row);
      }
    }
    return shared.get(pk) ?? found;
  };
  const placesIn = (pk: string) => {
    const known = partitions.get(pk);
    if (known) return known;
    const rows = [...rowsIn(pk), ...leftRows.filter((row) => row.pk === pk)];
    const places = [...new Set(rows.map(({ sk }) => sk))].sort(inOrder);
    partitions.set(pk, places);
    return places;
  };
  const syncItems = syncs.map(({ syncedAt, failedAt, ...sync }) => ({
    ...{ pk: syncPartition, sk: targetKey(sync), ...sync },
    syncedAt: syncedAt?.toISOString(),
    notedAt: (failedAt ?? syncedAt ?? observedAt).toISOString(),
  }));

  function query({ KeyConditionExpression, ExpressionAttributeValues: values, Limit = Infinity }: QueryInput) {
    if (KeyConditionExpression !== "#pk = :pk AND #sk BETWEEN :after AND :upTo") throw new Error("Unknown query");
    counts.queries += 1;
    const [pk, after, upTo] = [values[":pk"].S, values[":after"].S, values[":upTo"].S];
    if (pk === syncPartition) {
      return { Items: syncItems.map((item) => marshall(item, { removeUndefinedValues: true })) };
    }
    const places = placesIn(pk);
    const start = places.findIndex((place) => inOrder(place, after) >= 0);
    const Items: Key[] = [];
    for (let index = start; index >= 0 && index < places.length && Items.length < Limit; index += 1) {
      const place = places[index] ?? "";
      if (inOrder(place, upTo) > 0) break;
      Items.push({ pk: { S: pk }, sk: { S: place } });
    }
    counts.hits += Items.length;
    // As DynamoDB does, even if nothing follows.
    return { Items, ...(Items.length === Limit && { LastEvaluatedKey: Items.at(-1) }) };
  }

  function batchGet({ RequestItems }: { readonly RequestItems: Readonly<Record<string, { readonly Keys: Key[] }>> }) {
    counts.batches += 1;
    const responses = Object.entries(RequestItems).map(([table, { Keys }]) => {
      counts.items += Keys.length;
      const found = Keys.flatMap(({ pk }) => byKey.get(pk.S) ?? []);
      const items = found.map((instance) =>
        marshall({ ...writeInstanceItem({ instance, indexedTags, observedAt, isForgotten: false }), v: 1 }),
      );
      return [table, items] as const;
    });
    return { Responses: Object.fromEntries(responses), UnprocessedKeys: {} };
  }

  const table = tableOf({ region: "us-east-1" }, "inventory");
  respondToCalls(async ({ headers, body }) => {
    const [, operation] = String(headers["x-amz-target"]).split(".");
    const input = JSON.parse(body);
    if (operation === "Query") return { body: JSON.stringify(query(input)) };
    if (operation === "BatchGetItem") return { body: JSON.stringify(batchGet(input)) };
    throw new Error(`The inventory is not asked for ${operation}`);
  }, table);
  return { inventory: inventoryReader(table), finder: inventoryTargets(table), counts };
}
