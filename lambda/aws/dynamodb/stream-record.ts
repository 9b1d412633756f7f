import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import type { RecordEvents } from "../../audit/ports.ts";
import { type Attributes, readItem } from "./items.ts";
import { isOwnEvent } from "./own-events.ts";
import { eventfulKeyPrefixes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

const image = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  // Items that were put there by hand have none.
  sequence: z.int().default(0),
  events: z.array(trailEventItem).default([]),
});

const none: RecordEvents = { item: "", events: [], foreign: 0 };

/**
 * Reads the events that a change of the table has made, as its new image has them. Most changes make none: those of other
 * items, copies of access requests that have ended, and deletions. A reservation makes none itself, and has those of the
 * change before it. An event that does not belong to its item is only counted.
 *
 * @param source the name of the stack that every event gets.
 * @returns a function that throws Problem `internal` if a record is not what this version of Latchkey writes.
 */
export function eventReader(source: string): (record: DynamoDBRecord) => RecordEvents {
  return ({ dynamodb }) => {
    const pk = dynamodb?.NewImage?.["pk"]?.S ?? "";
    if (!eventfulKeyPrefixes.some((prefix) => pk.startsWith(prefix))) return none;
    // Lambda's type of an attribute is the SDK's, except for binary values, which the table does not have.
    const item = readItem(image, dynamodb?.NewImage as Attributes);
    const { events, sequence } = item;
    const own = events.filter((event, index) => isOwnEvent(item, event, sequence - events.length + 1 + index));
    return { item: pk, events: own.map((event) => ({ ...event, source })), foreign: events.length - own.length };
  };
}
