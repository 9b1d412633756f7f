import {
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { IdempotencyStore } from "../../idempotency/ports.ts";
import type { IdempotencyRecord } from "../../idempotency/record.ts";
import { epochSeconds } from "../../shared/time.ts";
import { dynamodb } from "./client.ts";
import { named } from "./expressions.ts";
import { getItem, ifHolds, readItem } from "./items.ts";
import { idempotencyKey } from "./table-keys.ts";

/**
 * The table's records of Idempotency-Keys. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or
 * `deadline-exceeded`, and with `internal` where an item is not what Latchkey writes.
 */
export function idempotencyStore(tableName: string): IdempotencyStore {
  return {
    async read(hash, signal) {
      const attributes = await getItem(tableName, idempotencyKey(hash), signal);
      return attributes && readItem(item, attributes);
    },
    async begin(hash, record, now, signal) {
      const command = new PutItemCommand({ TableName: tableName, ...beginInput(hash, record, now) });
      return (await ifHolds(dynamodb.send(command, { abortSignal: signal }), signal)) !== undefined;
    },
    async takeOver(hash, from, to, signal) {
      const command = new UpdateItemCommand({ TableName: tableName, ...takeOverInput(hash, from, to) });
      return (await ifHolds(dynamodb.send(command, { abortSignal: signal }), signal)) !== undefined;
    },
    async end(hash, claim, outcome) {
      const command = new UpdateItemCommand({ TableName: tableName, ...endInput(hash, claim, outcome) });
      await ifHolds(dynamodb.send(command));
    },
  };
}

const keyOf = (hash: string) => marshall(idempotencyKey(hash));

const item = z.object({
  status: z.enum(["running", "done", "released"]),
  fingerprint: z.string(),
  claim: z.string(),
  resultId: z.string(),
  lockedUntil: z.iso.datetime(),
  response: z.string().optional(),
  deleteAt: z.int(),
});

// Each condition also takes the very claim that it writes: the SDK sends a write again when its response was lost, and the
// second must not fail because the first was applied.

function beginInput(hash: string, record: IdempotencyRecord, now: Date): Omit<PutItemCommandInput, "TableName"> {
  return {
    Item: marshall({ ...idempotencyKey(hash), ...record }, { removeUndefinedValues: true }),
    ConditionExpression: "attribute_not_exists(pk) OR #deleteAt <= :now OR #claim = :claim",
    ExpressionAttributeNames: named("deleteAt", "claim"),
    ExpressionAttributeValues: marshall({ ":now": epochSeconds(now), ":claim": record.claim }),
  };
}

/** An response that is there stays there. */
function takeOverInput(
  hash: string,
  from: IdempotencyRecord,
  { status, claim, resultId, lockedUntil, deleteAt }: IdempotencyRecord,
): Omit<UpdateItemCommandInput, "TableName"> {
  const changed = { status, claim, resultId, lockedUntil, deleteAt };
  const names = Object.keys(changed);
  return {
    Key: keyOf(hash),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
    ConditionExpression: "(#claim = :claimBefore AND #status = :statusBefore) OR #claim = :claim",
    ExpressionAttributeNames: named(...names),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [`:${name}`, value])),
      ":claimBefore": from.claim,
      ":statusBefore": from.status,
    }),
  };
}

/** Without an response, one that is there stays there. */
function endInput(
  hash: string,
  claim: string,
  { status, response }: Pick<IdempotencyRecord, "status" | "response">,
): Omit<UpdateItemCommandInput, "TableName"> {
  const hasAnswer = response !== undefined;
  return {
    Key: keyOf(hash),
    UpdateExpression: `SET #status = :status${hasAnswer ? ", #response = :response" : ""}`,
    ConditionExpression: "#claim = :claim",
    ExpressionAttributeNames: named("status", "claim", ...(hasAnswer ? ["response"] : [])),
    ExpressionAttributeValues: marshall({
      ":status": status,
      ":claim": claim,
      ...(hasAnswer && { ":response": response }),
    }),
  };
}
