import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { type Attributes, readItem } from "./items.ts";
import { eventfulKeyPrefixes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

const image = z.object({ events: z.array(trailEventItem).default([]) });

/**
 * Reads the events that a change of the table has made, as its new image has them. Most changes make none: those of other
 * items, copies of access requests that have ended, and deletions. A reservation makes none itself, and has those of the
 * change before it.
 *
 * @param source the name of the stack that every event gets.
 * @returns a function that throws Problem `internal` if a record is not what this version of Latchkey writes.
 */
export function eventReader(source: string): (record: DynamoDBRecord) => readonly TrailEvent[] {
  return ({ dynamodb }) => {
    const pk = dynamodb?.NewImage?.["pk"]?.S ?? "";
    if (!eventfulKeyPrefixes.some((prefix) => pk.startsWith(prefix))) return [];
    // Lambda's type of an attribute is the SDK's, except for binary values, which the table does not have.
    const { events } = readItem(image, dynamodb?.NewImage as Attributes);
    return events.map((event) => ({ ...event, source }));
  };
}
