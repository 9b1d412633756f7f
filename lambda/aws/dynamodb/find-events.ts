import * as z from "zod";
import { type AuditEvent, auditEvent, unreadable } from "../../../contract/audit-event.ts";
import { instanceId } from "../../../contract/fields.ts";
import type { AuditPorts } from "../../audit/list.ts";
import type { KeyRange } from "../../lists/index-key.ts";
import { mergeReads } from "../../lists/merge-reads.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { eventIdOf } from "../../shared/trail-event.ts";
import { batchGet } from "./batch-get.ts";
import { partitionsAbout } from "./event-partitions.ts";
import { type Attributes, ifReadable, readAnyFormat } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { eventKey, eventKeyPrefix, idIn, indexes } from "./table-keys.ts";

/** Events are shown even if another version of Latchkey filed them: clients show a type that they do not know as text. */
const item = z.object({ event: auditEvent.extend({ type: z.custom<AuditEvent["type"]>(isEventType) }) });

function isEventType(type: unknown): boolean {
  return typeof type === "string" && type.startsWith("latchkey.");
}

/** The trail's indexes. Every call rejects with a Problem, as `queryIndex`. */
export function trailIndex(table: Table): Pick<AuditPorts, "findEvents"> {
  return {
    async findEvents(about, range, signal) {
      const { entries: found, ...read } =
        about.kind === "connection"
          ? await eventsOfConnection(table, about.id, range, signal)
          : mergeReads(await Promise.all(partitionsAbout(about).map((each) => queryIndex(table, each, range, signal))));
      // Only the projector may write items under this prefix; another function's item may have got into an index.
      const filed = found.filter(({ value }) => value["pk"]?.S?.startsWith(eventKeyPrefix));
      return { ...read, entries: filed.map(({ key, value }) => ({ key, value: readEvent(value) })) };
    },
  };
}

/** Numbers of events that are read at once: a connection has two, and two more each time that its key is pushed again. */
const numbersAtOnce = 20;

/** The events of a connection, which are numbered without gaps: their ids tell. */
async function eventsOfConnection(
  table: Table,
  connectionId: string,
  { from, before }: KeyRange,
  signal: AbortSignal,
): Promise<IndexRead<Attributes>> {
  const found: Attributes[] = [];
  for (let first = 1; found.length === first - 1; first += numbersAtOnce) {
    const numbers = Array.from({ length: numbersAtOnce }, (_, index) => first + index);
    const keys = numbers.map((number) => eventKey(eventIdOf(connectionId, number)));
    found.push(...(await batchGet(table, keys, signal)));
  }
  const entries = found
    .map((value) => ({ key: value[indexes.events.sort]?.S ?? "", value }))
    .filter(({ key }) => key >= from && key < before);
  return mergeReads([{ entries, hasMore: false }]);
}

function readEvent(attributes: Attributes): AuditEvent {
  const event = ifReadable(() => readAnyFormat(item, attributes).event);
  return event?.id === idIn(attributes["pk"]?.S ?? "") ? event : unreadableEvent(attributes);
}

/**
 * What is certain of an event that cannot be read: the item's key, and the attributes by which the projector has filed
 * it. Without an instance nobody sees it, as policy decides by instance.
 */
function unreadableEvent(attributes: Attributes): AuditEvent {
  const { events, eventsByInstance, eventsBySubject, eventsByAccessRequest } = indexes;
  const text = (name: string) => attributes[name]?.S;
  const [accountId, region, id] = text(eventsByInstance.partition)?.split("/") ?? [];
  return {
    specversion: "1.0",
    id: idIn(text("pk") ?? ""),
    source: "latchkey/unknown",
    type: unreadable,
    subject: "unknown",
    time: text(events.sort)?.split("#")[0] ?? "",
    data: {
      sequence: 0,
      actor: "unknown",
      requestId: "unknown",
      subject: text(eventsBySubject.partition),
      accessRequestId: text(eventsByAccessRequest.partition),
      ...(instanceId.safeParse(id).success && { accountId, region, instanceId: id }),
    },
  };
}
