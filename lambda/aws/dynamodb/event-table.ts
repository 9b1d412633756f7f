import { isDeepStrictEqual } from "node:util";
import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { EventFile, WaitingEvents } from "../../audit/ports.ts";
import { denialLife } from "../../connect/denial.ts";
import { indexKey } from "../../lists/index-key.ts";
import { instanceKey } from "../../shared/instance.ts";
import { Problem } from "../../shared/problem.ts";
import { epochSeconds, secondsAfter } from "../../shared/time.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { inShard, shardOf } from "./event-partitions.ts";
import { isNew, putInput, updateInput } from "./expressions.ts";
import { getItem, readItem, write, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { eventKey, indexes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

/**
 * The table's events. Every call rejects with Problem of `awsProblem`, and
 * with `internal` if an item is not what Latchkey writes.
 */
export function eventStore(table: Table): WaitingEvents & EventFile {
  return {
    ...waitingEvents(table),
    async fileEvent(event, now, signal) {
      const put = new PutItemCommand(putInput(table.name, eventItem(event, now), isNew));
      if (await writeIfHolds(table, put, signal)) return "waiting";
      // It was delivered before, or the SDK sent this very write again, or the id is another event's.
      const stored = await getItem(table, eventKey(event.id), signal);
      if (!stored || !isDeepStrictEqual(readItem(waitingItem, stored).event, event)) return "refused";
      return stored[indexes.due.partition] ? "waiting" : "published";
    },
  };
}

/** An event as it is filed. */
export function eventItem(event: TrailEvent, now: Date) {
  return {
    ...eventKey(event.id),
    event,
    ...indexAttributes(event),
    [indexes.due.partition]: "publication",
    [indexes.due.sort]: now.toISOString(),
    ...(event.type === "latchkey.connection.denied" && { deleteAt: epochSeconds(secondsAfter(now, denialLife)) }),
  };
}

const waitingItem = z.object({ event: trailEventItem });

/** The part of the store that deals with events which wait for the bus. */
export function waitingEvents(table: Table): WaitingEvents {
  return {
    async readWaitingEvent(eventId, signal) {
      const item = await getItem(table, eventKey(eventId), signal);
      if (!item?.[indexes.due.partition]) return undefined;
      const { event } = readItem(waitingItem, item);
      if (event.id !== eventId) throw new Problem("internal", { cause: new Error("The event is under another's key") });
      return event;
    },
    async markPublished(eventId, signal) {
      const update = { remove: [indexes.due.partition, indexes.due.sort] };
      // An update would create an item that does not exist.
      const exists = { expression: "attribute_exists(#pk)", names: ["pk"] };
      await write(table, new UpdateItemCommand(updateInput(table.name, eventKey(eventId), update, exists)), signal);
    },
  };
}

/** `<account>/<region>/<id>`; undefined if the event is about no instance. */
function instanceIn({ accountId, region, instanceId }: TrailEvent["data"]): string | undefined {
  if (!isText(accountId) || !isText(region) || !isText(instanceId)) return undefined;
  return instanceKey({ accountId, region, instanceId });
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** What the event is found by. An index takes no empty text. */
function indexAttributes({ type, time, subject, data }: TrailEvent): Record<string, string> {
  const key = indexKey(time, subject, data.sequence);
  const { events, eventsByInstance, eventsBySubject, eventsByAccessRequest, eventsByActor, eventsByType } = indexes;
  const shard = shardOf(key);
  const about = {
    [eventsByInstance.partition]: instanceIn(data),
    [eventsBySubject.partition]: data["subject"],
    [eventsByAccessRequest.partition]: data["accessRequestId"],
    [eventsByActor.partition]: data["actor"],
  };
  const known = Object.entries(about).filter(([, value]) => typeof value === "string" && value !== "");
  return {
    [events.partition]: inShard.all(shard),
    [eventsByType.partition]: inShard.type(type, shard),
    [events.sort]: key,
    ...Object.fromEntries(known),
  };
}
