import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { indexKey } from "../../lists/index-key.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import { getItem, ifHolds, readItem } from "./items.ts";
import { eventKey, indexes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

/**
 * Files an event, marked as waiting for the bus, unless it has been filed before.
 *
 * @param now is when it began to wait.
 * @returns whether it is waiting for the bus.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where what was filed before is
 *   not what Latchkey writes.
 */
export async function fileEvent(
  tableName: string,
  event: TrailEvent,
  now: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: marshall({
      ...eventKey(event.id),
      event,
      ...indexAttributes(event),
      [indexes.due.partition]: "publication",
      [indexes.due.sort]: now.toISOString(),
    }),
    ConditionExpression: "attribute_not_exists(#pk)",
    ExpressionAttributeNames: { "#pk": "pk" },
  });
  if (await ifHolds(dynamodb.send(command, { abortSignal: signal }), signal)) return true;
  // Delivered before; or this very write, sent again by the SDK.
  return (await readWaitingEvent(tableName, event.id, signal)) !== undefined;
}

const waitingItem = z.object({ event: trailEventItem });

/**
 * Reads an event that waits for the bus, consistently.
 *
 * @returns undefined where the bus has it.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where the item is not what
 *   Latchkey writes.
 */
export async function readWaitingEvent(
  tableName: string,
  eventId: string,
  signal: AbortSignal,
): Promise<TrailEvent | undefined> {
  const item = await getItem(tableName, eventKey(eventId), signal);
  return item?.[indexes.due.partition] && readItem(waitingItem, item).event;
}

/**
 * Notes that the bus has an event: it waits no longer.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function markPublished(tableName: string, eventId: string, signal: AbortSignal): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(eventKey(eventId)),
    UpdateExpression: "REMOVE #due, #dueAt",
    // An update makes an item where there is none.
    ConditionExpression: "attribute_exists(#pk)",
    ExpressionAttributeNames: { "#pk": "pk", "#due": indexes.due.partition, "#dueAt": indexes.due.sort },
  });
  await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
}

/** What the event is found by. An index takes no empty text. */
function indexAttributes({ time, subject, data }: TrailEvent): Record<string, string> {
  const { events, eventsByInstance, eventsBySubject, eventsByAccessRequest } = indexes;
  const about = {
    [eventsByInstance.partition]: data["instanceId"],
    [eventsBySubject.partition]: data["subject"],
    [eventsByAccessRequest.partition]: data["accessRequestId"],
  };
  const known = Object.entries(about).filter(([, value]) => typeof value === "string" && value !== "");
  return {
    [events.partition]: events.all,
    [events.sort]: indexKey(time, subject, data.sequence),
    ...Object.fromEntries(known),
  };
}
