import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { IdempotencyStore } from "../../idempotency/ports.ts";
import type { IdempotencyRecord } from "../../idempotency/record.ts";
import { epochSeconds } from "../../shared/time.ts";
import { putInput, updateInput } from "./expressions.ts";
import { isInFormat } from "./format.ts";
import { getItem, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { idempotencyKey } from "./table-keys.ts";

/**
 * The table's records of Idempotency-Keys. Every call rejects with Problem of `awsProblem`, and with `internal` if an item is
 * not what Latchkey writes.
 *
 * Each condition also accepts the very claim that it writes: the SDK sends a write again when the response was lost, and the
 * second must not fail because the first was applied.
 */
export function idempotencyStore(table: Table): IdempotencyStore {
  return {
    async read(hash, signal) {
      const attributes = await getItem(table, idempotencyKey(hash), signal);
      if (!attributes) return undefined;
      const { success: isStatus } = statuses.optional().safeParse(attributes["status"]?.S);
      return isInFormat(attributes) && isStatus ? readItem(item, attributes) : unknown;
    },
    async begin(hash, record, now, signal) {
      const condition = {
        expression: "attribute_not_exists(#pk) OR #deleteAt <= :now OR #claim = :claim",
        names: ["pk", "deleteAt", "claim"],
        values: { ":now": epochSeconds(now), ":claim": record.claim },
      };
      const input = putInput(table.name, { ...idempotencyKey(hash), ...record }, condition);
      return (await writeIfHolds(table, new PutItemCommand(input), signal)) !== undefined;
    },
    // A stored response stays.
    async takeOver(hash, from, { status, claim, resultId, lockedUntil, deleteAt }, signal) {
      const condition = {
        expression: "(#claim = :claimBefore AND #status = :statusBefore) OR #claim = :claim",
        names: ["claim", "status"],
        values: { ":claimBefore": from.claim, ":statusBefore": from.status, ":claim": claim },
      };
      const set = { status, claim, resultId, lockedUntil, deleteAt };
      const input = updateInput(table.name, idempotencyKey(hash), { set }, condition);
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
    // Without a response, a stored one stays.
    async end(hash, claim, { status, response }) {
      const isOurs = { expression: "#claim = :claim", names: ["claim"], values: { ":claim": claim } };
      const input = updateInput(table.name, idempotencyKey(hash), { set: { status, response } }, isOurs);
      await writeIfHolds(table, new UpdateItemCommand(input));
    },
  };
}

const statuses = z.enum(["running", "done", "released"]);

/** A record that a newer version of Latchkey has written: its key stays taken. */
const unknown: IdempotencyRecord = {
  status: "unknown",
  fingerprint: "",
  claim: "",
  resultId: "",
  lockedUntil: new Date(0).toISOString(),
  deleteAt: 0,
};

const item = z.object({
  status: statuses,
  fingerprint: z.string(),
  claim: z.string(),
  resultId: z.string(),
  lockedUntil: z.iso.datetime(),
  response: z.string().optional(),
  deleteAt: z.int(),
});
