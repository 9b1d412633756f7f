import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { CursorKeyStore } from "../../lists/sealed-cursors.ts";
import { isNew, putInput } from "./expressions.ts";
import { getItem, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { cursorKeyKey } from "./table-keys.ts";

const item = z.object({ key: z.base64().length(44) });

/**
 * The table's cursor keys. Every call rejects with Problem of `awsProblem`,
 * and with `internal` if an item is not what Latchkey writes.
 */
export function cursorKeyStore(table: Table): CursorKeyStore {
  return {
    async readKey(period, signal) {
      const attributes = await getItem(table, cursorKeyKey(period), signal);
      return attributes && Buffer.from(readItem(item, attributes).key, "base64");
    },
    async createKey(period, key, deleteAt, signal) {
      const created = { ...cursorKeyKey(period), key: key.toString("base64"), deleteAt };
      await writeIfHolds(table, new PutItemCommand(putInput(table.name, created, isNew)), signal);
    },
  };
}
