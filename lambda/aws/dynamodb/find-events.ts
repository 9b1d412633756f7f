import * as z from "zod";
import { type AuditEvent, auditEvent } from "../../../contract/audit-event.ts";
import type { About, AuditPorts } from "../../audit/list.ts";
import { readAnyFormat } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { eventKeyPrefix, indexes } from "./table-keys.ts";

const indexOf = {
  everything: indexes.events,
  instance: indexes.eventsByInstance,
  subject: indexes.eventsBySubject,
  accessRequest: indexes.eventsByAccessRequest,
} as const satisfies Record<About["kind"], unknown>;

/** Events are shown even if another version of Latchkey filed them: clients show a type that they do not know as text. */
const item = z.object({ event: auditEvent.extend({ type: z.custom<AuditEvent["type"]>(isEventType) }) });

function isEventType(type: unknown): boolean {
  return typeof type === "string" && type.startsWith("latchkey.");
}

/** The trail's indexes. Every call rejects with a Problem, as `queryIndex`; `internal` if an item is not what Latchkey writes. */
export function trailIndex(table: Table): Pick<AuditPorts, "findEvents"> {
  return {
    async findEvents(about, range, signal) {
      const partition = about.kind === "everything" ? indexes.events.all : about.id;
      const { entries, hasMore } = await queryIndex(table, { index: indexOf[about.kind], partition }, range, signal);
      // Only the projector may write items under this prefix; another function's item may have got into an index.
      const filed = entries.filter(({ value }) => value["pk"]?.S?.startsWith(eventKeyPrefix));
      return { entries: filed.map(({ key, value }) => ({ key, value: readAnyFormat(item, value).event })), hasMore };
    },
  };
}
