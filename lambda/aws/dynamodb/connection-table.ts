import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { ConnectionState } from "../../connect/connection-state.ts";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import { isTheSame, named, sameNames, sameValues } from "./expressions.ts";
import { getItem, readItem } from "./items.ts";
import { connectionKey } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

/**
 * Writes that a key is to be pushed: the first state of a connection, or, where its sequence is greater than 1, the one that
 * follows an outcome. Where it throws, nothing may be pushed.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function writeIntent(
  tableName: string,
  connectionId: string,
  state: ConnectionState,
  signal: AbortSignal,
): Promise<void> {
  await (state.sequence === 1
    ? writeFirst(tableName, connectionId, state, signal)
    : writeNext(tableName, connectionId, state, signal));
}

/**
 * Writes that a connection was denied.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function writeDenial(
  tableName: string,
  connectionId: string,
  state: ConnectionState,
  signal: AbortSignal,
): Promise<void> {
  await writeFirst(tableName, connectionId, state, signal);
}

/**
 * Writes what became of an intent: it follows the state before it and no other. It is not cut by the request's deadline,
 * since a push may have happened that must not go unrecorded.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`.
 */
export async function writeOutcome(tableName: string, connectionId: string, state: ConnectionState): Promise<void> {
  await writeNext(tableName, connectionId, state);
}

const connectionItem = z.object({
  status: z.enum(["intended", "denied", "pushed", "failed"]),
  sequence: z.int(),
  pushBy: z.string().exactOptional(),
  due: z.literal("outcome").exactOptional(),
  dueAt: z.string().exactOptional(),
  events: z.tuple([trailEventItem]),
});

/**
 * Reads a connection's state, consistently.
 *
 * @returns undefined where there is none.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where the item is not what
 *   Latchkey writes.
 */
export async function readConnection(
  tableName: string,
  connectionId: string,
  signal: AbortSignal,
): Promise<ConnectionState | undefined> {
  const item = await getItem(tableName, connectionKey(connectionId), signal);
  return item && readItem(connectionItem, item);
}

async function writeFirst(
  tableName: string,
  connectionId: string,
  state: ConnectionState,
  signal: AbortSignal,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: marshall({ ...connectionKey(connectionId), ...state }),
    ConditionExpression: `attribute_not_exists(pk) OR (${isTheSame})`,
    ExpressionAttributeNames: sameNames,
    ExpressionAttributeValues: marshall(sameValues(state.events[0])),
  });
  await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
}

/** Writes a state that follows another: an outcome its intent, an intent the outcome of the push before. */
async function writeNext(
  tableName: string,
  connectionId: string,
  { due, dueAt, ...state }: ConnectionState,
  signal?: AbortSignal,
): Promise<void> {
  const isDue = due !== undefined && dueAt !== undefined;
  const before = state.status === "intended" ? ["pushed", "failed"] : ["intended"];
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(connectionKey(connectionId)),
    UpdateExpression: `SET #status = :status, #sequence = :sequence, #pushBy = :pushBy, #events = :events${
      isDue ? ", #due = :due, #dueAt = :dueAt" : " REMOVE #due, #dueAt"
    }`,
    ConditionExpression: `(#sequence = :previous AND #status IN (${before.map((each) => `:${each}Before`)})) OR (${isTheSame})`,
    ExpressionAttributeNames: { ...sameNames, ...named("status", "sequence", "pushBy", "due", "dueAt") },
    ExpressionAttributeValues: marshall({
      ...sameValues(state.events[0]),
      ...Object.fromEntries(before.map((each) => [`:${each}Before`, each])),
      ":status": state.status,
      ":sequence": state.sequence,
      ":pushBy": state.pushBy,
      ":events": state.events,
      ":previous": state.sequence - 1,
      ...(isDue && { ":due": due, ":dueAt": dueAt }),
    }),
  });
  await dynamodb.send(command, signal && { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
}
