import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { LinkVisitStore } from "../../chat/link-visit.ts";
import { putInput } from "./expressions.ts";
import { getItem, readItem, write } from "./items.ts";
import type { Table } from "./table.ts";
import { linkVisitKey } from "./table-keys.ts";

const expiring = { expiresAt: z.int() };
const user = z.object({ chat: z.string(), workspace: z.string(), user: z.string() });

const item = z.object({
  visit: z.discriminatedUnion("at", [
    z.object({ ...expiring, at: z.literal("company"), state: z.string(), nonce: z.string(), verifier: z.string() }),
    z.object({ ...expiring, at: z.literal("chat"), state: z.string(), nonce: z.string(), person: z.string() }),
    z.object({ ...expiring, at: z.literal("question"), token: z.string(), person: z.string(), user }),
    z.object({ ...expiring, at: z.literal("end") }),
  ]),
});

/** Always true: the writer has the visit's secret. */
const always = { expression: "attribute_exists(#pk) OR attribute_not_exists(#pk)", names: ["pk"] };

/**
 * The visits in which people link users of chats. Every call rejects with Problem of `awsProblem`, and with `internal` if an item is
 * not what Latchkey writes.
 */
export function linkVisitStore(table: Table): LinkVisitStore {
  return {
    async readVisit(secret, signal) {
      const found = await getItem(table, linkVisitKey(secret), signal);
      return found && readItem(item, found).visit;
    },
    async writeVisit(secret, visit, signal) {
      const put = { ...linkVisitKey(secret), visit, deleteAt: visit.expiresAt };
      await write(table, new PutItemCommand(putInput(table.name, put, always)), signal);
    },
  };
}
