import * as z from "zod";
import { type AuditEvent, auditEvent } from "../../../contract/audit-event.ts";
import type { KeyRange } from "../../lists/index-key.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { readItem } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import { indexes } from "./table-keys.ts";

/** What events are about: everything, or one instance, subject or access request, by its id. */
export type About =
  | { readonly kind: "everything" }
  | { readonly kind: "instance" | "subject" | "accessRequest"; readonly id: string };

const indexOf = {
  everything: indexes.events,
  instance: indexes.eventsByInstance,
  subject: indexes.eventsBySubject,
  accessRequest: indexes.eventsByAccessRequest,
} as const satisfies Record<About["kind"], unknown>;

const item = z.object({ event: auditEvent });

/** The newest events of a range of the trail. @throws Problem as `queryIndex`. */
export function findEvents(
  tableName: string,
  about: About,
  range: KeyRange,
  signal: AbortSignal,
): Promise<IndexRead<AuditEvent>> {
  const partition = about.kind === "everything" ? indexes.events.all : about.id;
  const index = indexOf[about.kind];
  return queryIndex(tableName, index, partition, range, (attributes) => readItem(item, attributes).event, signal);
}
