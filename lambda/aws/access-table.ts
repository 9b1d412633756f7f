import {
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { AccessRequest } from "../access/access-request.ts";
import type { AccessStore } from "../access/ports.ts";
import { writeInRounds } from "../access/rounds.ts";
import { statusAt } from "../access/transitions.ts";
import { readAccessItem } from "./access-item.ts";
import { getAccessItem, readAccessRequest } from "./access-reads.ts";
import { changeInput, creationInput, endedCopyInput, touchInput } from "./access-writes.ts";
import { dynamodb } from "./dynamodb.ts";
import { awsProblem } from "./faults.ts";
import { currentAccessKey, slotIdOf } from "./table-keys.ts";

/**
 * The table's access requests. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or
 * `deadline-exceeded`, and with `internal` where an item is not what Latchkey writes.
 */
export function accessStore(tableName: string): AccessStore {
  return {
    read: (id, signal) => readAccessRequest(tableName, id, signal),
    readCurrent: (slotId, signal) => getAccessItem(tableName, currentAccessKey(slotId), signal),
    async create(creation, ended, signal) {
      if (ended) await put(endedCopyInput(tableName, ended), signal);
      return put(creationInput(tableName, creation, ended), signal);
    },
    change: (change, signal) => update(changeInput(tableName, change), signal),
  };
}

/**
 * Notes on an access request that it carries a connection. What is noted is the latest `pushBy` of all: a revoke settles
 * then. Once it has been noted, no revoke has been committed before.
 *
 * @param request as it was read.
 * @param pushBy no attempt to push starts later.
 * @returns what is stored now; undefined where the request is no longer active.
 * @throws Problem as the store does.
 */
export async function touchAccess(
  tableName: string,
  request: AccessRequest,
  pushBy: Date,
  now: Date,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const { touched } = await writeInRounds<AccessRequest | undefined, { touched: AccessRequest | undefined }>(
    request,
    () => getAccessItem(tableName, currentAccessKey(slotIdOf(request)), signal),
    async (current) => {
      if (current?.id !== request.id || statusAt(current, now) !== "active") return { touched: undefined };
      const touched = await update(touchInput(tableName, current, pushBy.toISOString(), now), signal);
      return touched && { touched };
    },
  );
  return touched;
}

/** @returns whether the condition held: where it did not, nothing was written. */
async function put(input: PutItemCommandInput, signal: AbortSignal): Promise<boolean> {
  const output = await ifHolds(dynamodb.send(new PutItemCommand(input), { abortSignal: signal }), signal);
  return output !== undefined;
}

/** @returns what is stored now; undefined where the condition did not hold, and nothing was written. */
async function update(input: UpdateItemCommandInput, signal: AbortSignal): Promise<AccessRequest | undefined> {
  const output = await ifHolds(dynamodb.send(new UpdateItemCommand(input), { abortSignal: signal }), signal);
  return output && readAccessItem(output.Attributes ?? {});
}

async function ifHolds<Output>(writing: Promise<Output>, signal: AbortSignal): Promise<Output | undefined> {
  return writing.catch((error: unknown) => {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined;
    throw awsProblem(error, signal);
  });
}
