import {
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { Problem } from "../http/problem.ts";
import type { IdempotencyStore } from "../idempotency/ports.ts";
import { epochSeconds, type IdempotencyRecord } from "../idempotency/record.ts";
import { dynamodb } from "./dynamodb.ts";
import { awsProblem } from "./faults.ts";
import { idempotencyKey } from "./table-keys.ts";

/**
 * The table's records of Idempotency-Keys. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or
 * `deadline-exceeded`, and with `internal` where an item is not what Latchkey writes.
 */
export function idempotencyStore(tableName: string): IdempotencyStore {
  return {
    async read(hash, signal) {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(hash), ConsistentRead: true });
      const { Item } = await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
        throw awsProblem(error, signal);
      });
      return Item && readItem(unmarshall(Item));
    },
    begin(hash, record, now, signal) {
      const command = new PutItemCommand({ TableName: tableName, ...beginInput(hash, record, now) });
      return isApplied(dynamodb.send(command, { abortSignal: signal }), signal);
    },
    takeOver(hash, from, to, signal) {
      const command = new UpdateItemCommand({ TableName: tableName, ...takeOverInput(hash, from, to) });
      return isApplied(dynamodb.send(command, { abortSignal: signal }), signal);
    },
    async end(hash, claim, outcome) {
      const command = new UpdateItemCommand({ TableName: tableName, ...endInput(hash, claim, outcome) });
      await isApplied(dynamodb.send(command));
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
  answer: z.string().optional(),
  deleteAt: z.int(),
});

function readItem(attributes: unknown): IdempotencyRecord {
  const parsed = item.safeParse(attributes);
  if (!parsed.success) throw new Problem("internal", { cause: parsed.error });
  return parsed.data;
}

// Each condition also takes the very claim that it writes: the SDK sends a write again when its answer was lost, and the
// second must not fail because the first was applied.

function beginInput(hash: string, record: IdempotencyRecord, now: Date): Omit<PutItemCommandInput, "TableName"> {
  return {
    Item: marshall({ ...idempotencyKey(hash), ...record }, { removeUndefinedValues: true }),
    ConditionExpression: "attribute_not_exists(pk) OR #deleteAt <= :now OR #claim = :claim",
    ExpressionAttributeNames: { "#deleteAt": "deleteAt", "#claim": "claim" },
    ExpressionAttributeValues: marshall({ ":now": epochSeconds(now), ":claim": record.claim }),
  };
}

/** An answer that is there stays there. */
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
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [`:${name}`, value])),
      ":claimBefore": from.claim,
      ":statusBefore": from.status,
    }),
  };
}

/** Without an answer, one that is there stays there. */
function endInput(
  hash: string,
  claim: string,
  { status, answer }: Pick<IdempotencyRecord, "status" | "answer">,
): Omit<UpdateItemCommandInput, "TableName"> {
  const hasAnswer = answer !== undefined;
  return {
    Key: keyOf(hash),
    UpdateExpression: `SET #status = :status${hasAnswer ? ", #answer = :answer" : ""}`,
    ConditionExpression: "#claim = :claim",
    ExpressionAttributeNames: { "#status": "status", "#claim": "claim", ...(hasAnswer && { "#answer": "answer" }) },
    ExpressionAttributeValues: marshall({
      ":status": status,
      ":claim": claim,
      ...(hasAnswer && { ":answer": answer }),
    }),
  };
}

/** Whether a write's condition held: where it did not, nothing was written. */
async function isApplied(write: Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw awsProblem(error, signal);
  }
}
