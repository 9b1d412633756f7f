import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { type Attributes, readItem } from "./items.ts";
import { eventfulKeyPrefixes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

const image = z.object({ events: z.array(trailEventItem).default([]) });

/**
 * The events that a change of the table has made, as the change's new image carries them. Most changes make none: those of
 * other items, copies of access requests that have ended, and what is deleted. A change that makes none itself (a touch)
 * carries the events of the one before it.
 *
 * @throws Problem `internal` where what it carries is not what Latchkey writes.
 */
export function eventsIn({ dynamodb }: DynamoDBRecord): readonly TrailEvent[] {
  const pk = dynamodb?.NewImage?.["pk"]?.S ?? "";
  if (!eventfulKeyPrefixes.some((prefix) => pk.startsWith(prefix))) return [];
  // Lambda's type of an attribute is the SDK's but for its binary values, of which the table has none.
  return readItem(image, dynamodb?.NewImage as Attributes).events;
}
