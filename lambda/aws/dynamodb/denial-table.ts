import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { DenialClosings } from "../../connect/close-denials.ts";
import {
  type Closing,
  type CountedDenials,
  closingOf,
  type Denial,
  denialCodes,
  denialIdOf,
  denialLife,
  firstEvent,
  groupOf,
  mostInstances,
} from "../../connect/denial.ts";
import type { DenialStore } from "../../connect/ports.ts";
import { epochSeconds, secondsAfter } from "../../shared/time.ts";
import { type Condition, orRepeated, updateInput } from "./expressions.ts";
import { getItem, readItem, write, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { denialKey, indexes } from "./table-keys.ts";

const { due } = indexes;

/**
 * The table's denials. Every call rejects with Problem of `awsProblem`; then the caller must not hear of the denial.
 */
export function denialStore(table: Table): DenialStore {
  return {
    async writeDenial(denial, signal) {
      const id = denialIdOf(groupOf(denial));
      const named = new UpdateItemCommand(countInput(table.name, id, denial, true));
      if (await writeIfHolds(table, named, signal)) return;
      // The item names as many instances as it may.
      await write(table, new UpdateItemCommand(countInput(table.name, id, denial, false)), signal);
    },
  };
}

/** The first denial of a group makes the item and its event. A write that is sent again after a lost response counts twice. */
function countInput(tableName: string, id: string, denial: Denial, isNamed: boolean) {
  const { instanceId: _, ...group } = groupOf(denial);
  const setIfAbsent = {
    ...group,
    sequence: 1,
    events: [firstEvent(id, denial)],
    [due.partition]: "closing",
    [due.sort]: closingOf(group).toISOString(),
    deleteAt: epochSeconds(secondsAfter(denial.at, denialLife)),
  };
  const add = { count: 1, ...(isNamed && { instanceIds: new Set([denial.instanceId]) }) };
  const isOpen = `attribute_not_exists(#pk) OR attribute_exists(#${due.partition})`;
  const hasRoom = "(attribute_not_exists(#pk) OR size(#instanceIds) < :most OR contains(#instanceIds, :instanceId))";
  const condition: Condition = isNamed
    ? {
        expression: `(${isOpen}) AND ${hasRoom}`,
        names: ["pk", due.partition, "instanceIds"],
        values: { ":most": mostInstances, ":instanceId": denial.instanceId },
      }
    : { expression: isOpen, names: ["pk", due.partition] };
  return updateInput(tableName, denialKey(id), { setIfAbsent, add }, condition);
}

const item = z.object({
  actor: z.string(),
  accountId: z.string(),
  region: z.string(),
  code: z.enum(denialCodes),
  osUser: z.string().optional(),
  minute: z.iso.datetime(),
  count: z.int().min(1),
  instanceIds: z.set(z.string()),
  dueAt: z.iso.datetime().optional(),
}) satisfies z.ZodType<CountedDenials>;

/** The part of the table that closes denials. Rejects as above; with `internal` if an item is not what Latchkey writes. */
export function denialClosings(table: Table): DenialClosings {
  return {
    async readDenials(id, signal) {
      const attributes = await getItem(table, denialKey(id), signal);
      return attributes && readItem(item, attributes);
    },
    async writeClosing(id, { count }, closing, signal) {
      const input = closingInput(table.name, id, count, closing);
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
  };
}

function closingInput(tableName: string, id: string, count: number, { sequence, events: [first, ...more] }: Closing) {
  const isAsRead = {
    expression: `#count = :count AND attribute_exists(#${due.partition})`,
    names: ["count", due.partition],
    values: { ":count": count },
  };
  const update = { ...(first && { set: { sequence, events: [first, ...more] } }), remove: [due.partition, due.sort] };
  return updateInput(tableName, denialKey(id), update, first ? orRepeated(isAsRead, first) : isAsRead);
}
