import * as z from "zod";
import { type AuditEvent, auditEvent, unreadable } from "../../../contract/audit-event.ts";
import { instanceId } from "../../../contract/fields.ts";
import type { About, AuditPorts } from "../../audit/list.ts";
import { queryAllEvents } from "./all-events.ts";
import { type Attributes, ifReadable, readAnyFormat } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { eventKeyPrefix, idIn, indexes } from "./table-keys.ts";

const indexOf = {
  instance: indexes.eventsByInstance,
  subject: indexes.eventsBySubject,
  accessRequest: indexes.eventsByAccessRequest,
} as const satisfies Record<Exclude<About["kind"], "everything">, unknown>;

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
        about.kind === "everything"
          ? await queryAllEvents(table, range, signal)
          : await queryIndex(table, { index: indexOf[about.kind], partition: about.id }, range, signal);
      // Only the projector may write items under this prefix; another function's item may have got into an index.
      const filed = found.filter(({ value }) => value["pk"]?.S?.startsWith(eventKeyPrefix));
      return { ...read, entries: filed.map(({ key, value }) => ({ key, value: readEvent(value) })) };
    },
  };
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
