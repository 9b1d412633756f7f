import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { accessTargetIdIn } from "../../access/access-target.ts";
import { longestOpen, type Place, type PlaceStore } from "../../access/request-quota.ts";
import type { Counted, QuotaCounter } from "../../shared/quota.ts";
import { epochSeconds, secondsAfter } from "../../shared/time.ts";
import { readAccessItem } from "./access-item.ts";
import { batchGet } from "./batch-get.ts";
import { updateInput } from "./expressions.ts";
import { getItem, readItem, write, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { countKey, currentAccessKey, endedAccessKey, placesKey } from "./table-keys.ts";

/** Seconds that a count is kept: longer than its window. */
const countKept = 3600;

/**
 * Counts callers. Every call rejects with Problem of `awsProblem`. A write that the SDK sends again counts twice.
 *
 * @param limits how many of each a window may have.
 */
export function quotaCounter(table: Table, limits: Readonly<Record<Counted, number>>): QuotaCounter {
  return {
    async count(callerId, counted, windowStart, signal) {
      const update = { set: { deleteAt: epochSeconds(secondsAfter(windowStart, countKept)) }, add: { count: 1 } };
      const isLeft = {
        expression: "attribute_not_exists(#count) OR #count < :limit",
        names: ["count"],
        values: { ":limit": limits[counted] },
      };
      const input = updateInput(table.name, countKey(callerId, counted, windowStart), update, isLeft);
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
  };
}

/**
 * Keeps the places of access requests in sets, which concurrent requests add to without a conflict. Every call rejects as those
 * above, and with `internal` if an item is not what Latchkey writes.
 */
export function placeStore(table: Table): PlaceStore {
  return {
    async take(places, place, most, signal) {
      const update = {
        // By then all of them have ended.
        set: { deleteAt: epochSeconds(secondsAfter(place.takenAt, longestOpen)) },
        add: { taken: new Set([textOf(place)]) },
      };
      const isLeft = {
        expression: "attribute_not_exists(#taken) OR size(#taken) < :most OR contains(#taken, :place)",
        names: ["taken"],
        values: { ":most": most, ":place": textOf(place) },
      };
      const command = new UpdateItemCommand(updateInput(table.name, placesKey(places), update, isLeft));
      return (await writeIfHolds(table, command, signal)) !== undefined;
    },
    async readTaken(places, signal) {
      const item = await getItem(table, placesKey(places), signal);
      return item ? [...readItem(placesItem, item).taken].map(placeIn) : [];
    },
    async free(places, ended, signal) {
      const update = { subtract: { taken: new Set(ended.map(textOf)) } };
      const exists = { expression: "attribute_exists(#pk)", names: ["pk"] };
      await write(table, new UpdateItemCommand(updateInput(table.name, placesKey(places), update, exists)), signal);
    },
    async readRequests(ids, signal) {
      const requested = ids.flatMap((id) => {
        const target = accessTargetIdIn(id);
        return target === undefined ? [] : [{ id, target }];
      });
      // Each request is its target's current one, or has been archived.
      const targets = new Set(requested.map(({ target }) => target));
      const keys = [
        ...[...targets].map(currentAccessKey),
        ...requested.map(({ id, target }) => endedAccessKey(target, id)),
      ];
      return (await batchGet(table, keys, signal)).map(readAccessItem);
    },
  };
}

const placesItem = z.object({ taken: z.set(z.string()).default(new Set()) });

/** One element of the set. */
const textOf = ({ id, takenAt }: Place) => `${takenAt.toISOString()} ${id}`;

function placeIn(text: string): Place {
  const [takenAt = "", id = ""] = text.split(" ");
  return { id, takenAt: new Date(takenAt) };
}
