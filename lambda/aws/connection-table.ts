import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ConnectionState } from "../audit/connection-trail.ts";
import { dynamodb } from "./dynamodb.ts";
import { awsProblem } from "./faults.ts";
import { connectionKey } from "./table-keys.ts";

// Each condition also takes the very event that it writes: the SDK sends a write again when its answer was lost, and the
// second must not fail because the first was applied.

/**
 * Writes the first state of a connection. Where it throws, nothing may be pushed.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function writeIntent(
  tableName: string,
  connectionId: string,
  state: ConnectionState,
  signal: AbortSignal,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: marshall({ ...connectionKey(connectionId), ...state }),
    ConditionExpression: "attribute_not_exists(pk) OR #event.#id = :eventId",
    ExpressionAttributeNames: { "#event": "event", "#id": "id" },
    ExpressionAttributeValues: marshall({ ":eventId": state.event.id }),
  });
  await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
}

/**
 * Writes what became of an intent: it follows the state before it and no other. It is not cut by the request's deadline,
 * since a push may have happened that must not go unrecorded.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`.
 */
export async function writeOutcome(tableName: string, connectionId: string, state: ConnectionState): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(connectionKey(connectionId)),
    UpdateExpression: "SET #status = :status, #sequence = :sequence, #event = :event",
    ConditionExpression: "#sequence = :previous OR #event.#id = :eventId",
    ExpressionAttributeNames: { "#status": "status", "#sequence": "sequence", "#event": "event", "#id": "id" },
    ExpressionAttributeValues: marshall({
      ":status": state.status,
      ":sequence": state.sequence,
      ":event": state.event,
      ":eventId": state.event.id,
      ":previous": state.sequence - 1,
    }),
  });
  await dynamodb.send(command).catch((error: unknown) => {
    throw awsProblem(error);
  });
}
