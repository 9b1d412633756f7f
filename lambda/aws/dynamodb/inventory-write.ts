import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { indexRows, instanceRow, type RowKey } from "../../inventory/rows.ts";
import { type Instance, type InstanceKey, instanceKey } from "../../shared/instance.ts";
import { Problem } from "../../shared/problem.ts";
import { batchGet } from "./batch-get.ts";
import { type Condition, deleteInput, isNew, putInput } from "./expressions.ts";
import { type InstanceItem, inventoryText, readInstanceItem, writeInstanceItem } from "./inventory-rows.ts";
import { type Attributes, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";

// A write puts the rows by which the instance will be found, then the row of the instance on the condition that it is still the
// one that was read, then deletes the rows by which it is found no more. Each row says when it was observed, and nobody deletes
// one that a newer observation has put. Even if a write is interrupted or overtaken, an instance has all its rows; it may have more,
// which show nothing, because readers compare them with the instance.

/** What the inventory is to say of an instance. */
export interface Observation {
  readonly key: InstanceKey;
  /** Undefined if it is gone. */
  readonly instance: Instance | undefined;
  readonly observedAt: Date;
}

/** Where it says so. */
export interface InventoryTable extends Table {
  /** Keys of tags. */
  readonly indexedTags: readonly string[];
}

/** Instances that are written at once. */
const writers = 8;

/** Attempts of a write: others may write the same instance. */
const mostAttempts = 5;

/** Writes those of the observations that say anything new. */
export async function keep(
  table: InventoryTable,
  observations: readonly Observation[],
  signal: AbortSignal,
): Promise<void> {
  const items = await readItems(table, observations, signal);
  const changed = observations.filter((each) => hasChanged(table, each, items.get(instanceKey(each.key))));
  await atOnce(writers, changed, (each) => write(table, each, items.get(instanceKey(each.key)), signal));
}

/** What a row of an instance holds: undefined if it is not what Latchkey writes. */
type Row = { readonly item: InstanceItem | undefined } | undefined;

async function readItems(
  table: Table,
  observations: readonly Observation[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> {
  const rows = await batchGet(
    table,
    observations.map(({ key }) => instanceRow(key)),
    signal,
  );
  const byPartition = new Map(rows.map((row) => [row["pk"]?.S, row]));
  const rowOf = (found: Attributes | undefined): Row => found && { item: readInstanceItem(found) };
  return new Map(observations.map(({ key }) => [instanceKey(key), rowOf(byPartition.get(instanceRow(key).pk))]));
}

function hasChanged({ indexedTags }: InventoryTable, { instance, observedAt }: Observation, row: Row): boolean {
  if (!row?.item) return instance !== undefined;
  if (new Date(row.item.observedAt) >= observedAt) return false;
  if (!instance || row.item.isForgotten) return true;
  return !isSame(row.item, instance) || String(row.item.indexedTags) !== String(indexedTags);
}

const isSame = (item: InstanceItem, instance: Instance) => inventoryText(item.instance) === inventoryText(instance);

async function write(table: InventoryTable, observation: Observation, before: Row, signal: AbortSignal): Promise<void> {
  const { key, instance, observedAt } = observation;
  let found = before;
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const item = found?.item;
    const rowsBefore = item ? indexRows(item.instance, item.indexedTags) : [];
    const rows = instance ? indexRows(instance, table.indexedTags) : [];
    const kept = instance ?? item?.instance;
    if (!kept) return;
    const isThere = item?.isForgotten ? [] : rowsBefore;
    await atOnce(rows.length, without(rows, isThere), (each) => putRow(table, each, observedAt, signal));
    const { indexedTags } = instance || !item ? table : item;
    const next = writeInstanceItem({ instance: kept, indexedTags, observedAt, isForgotten: !instance });
    const put = new PutItemCommand(putInput(table.name, next, isStill(found)));
    const isWritten = (await writeIfHolds(table, put, signal)) !== undefined;
    if (!isWritten) found = (await readItems(table, [observation], signal)).get(instanceKey(key));
    // The SDK sends a write again if its response is lost.
    if (isWritten || isThis(next, found)) {
      const old = without(rowsBefore, rows);
      return atOnce(old.length, old, (each) => deleteRow(table, each, observedAt, signal));
    }
    if (!hasChanged(table, observation, found)) return;
  }
  throw new Problem("upstream-unavailable", { cause: new Error(`Too many writers of ${instanceKey(key)}`) });
}

/** Whether a row is what was to be written. */
function isThis({ observedAt, instance, indexedTags, isForgotten }: ReturnType<typeof writeInstanceItem>, row: Row) {
  const item = row?.item;
  return (
    item?.observedAt === observedAt &&
    item.isForgotten === isForgotten &&
    inventoryText(item.instance) === instance &&
    String(item.indexedTags) === String(indexedTags)
  );
}

/** The condition that an instance's row is the one that was read. */
function isStill(found: Row): Condition {
  if (!found) return isNew;
  if (!found.item) return { expression: "attribute_exists(#pk)", names: ["pk"] };
  return { expression: "#observedAt = :seen", names: ["observedAt"], values: { ":seen": found.item.observedAt } };
}

/** Never makes a row look older. */
async function putRow(table: Table, row: RowKey, observedAt: Date, signal: AbortSignal): Promise<void> {
  const item = { ...row, observedAt: observedAt.toISOString() };
  const isLater = {
    expression: "attribute_not_exists(#observedAt) OR #observedAt < :now",
    names: ["observedAt"],
    values: { ":now": item.observedAt },
  };
  await writeIfHolds(table, new PutItemCommand(putInput(table.name, item, isLater)), signal);
}

async function deleteRow(table: Table, row: RowKey, observedAt: Date, signal: AbortSignal): Promise<void> {
  const isOld = {
    expression: "#observedAt <= :now",
    names: ["observedAt"],
    values: { ":now": observedAt.toISOString() },
  };
  await writeIfHolds(table, new DeleteItemCommand(deleteInput(table.name, row, isOld)), signal);
}

function without(rows: readonly RowKey[], others: readonly RowKey[]): readonly RowKey[] {
  const keys = new Set(others.map(({ pk, sk }) => JSON.stringify([pk, sk])));
  return rows.filter(({ pk, sk }) => !keys.has(JSON.stringify([pk, sk])));
}

/** Does something with each, a number of them at once. The first error ends it. */
async function atOnce<Each>(most: number, each: readonly Each[], act: (one: Each) => Promise<void>): Promise<void> {
  const rest = each.values();
  const work = async () => {
    for (const one of rest) await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(most, each.length) }, work));
}
