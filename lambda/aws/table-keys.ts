import { createHash } from "node:crypto";
import type { Slot } from "../access/access-request.ts";

/**
 * The one table's keys: `pk` (partition) and `sk` (sort), both strings. Each function's role reaches only the prefixes of
 * `pk` that it works with.
 */
export const instanceKeyPrefix = "instance#";
export const connectionKeyPrefix = "connection#";
export const accessKeyPrefix = "access#";
export const eventKeyPrefix = "event#";
export const idempotencyKeyPrefix = "idempotency#";

/** What is known of an instance's host keys. */
export const hostKeysKey = (instanceId: string) => ({ pk: `${instanceKeyPrefix}${instanceId}`, sk: "host-keys" });

export const instanceIdOf = (pk: string) => pk.slice(instanceKeyPrefix.length);

/** A connection's item. */
export const connectionKey = (connectionId: string) => ({
  pk: `${connectionKeyPrefix}${connectionId}`,
  sk: "connection",
});

/**
 * Names a subject's access to an instance as an OS user: 32 hex digits. The newest access request for it is always the same
 * item, so that one conditional write can see to it that no two are open.
 */
export function slotIdOf({ subject, instanceId, osUser }: Slot): string {
  return createHash("sha256")
    .update(JSON.stringify([subject, instanceId, osUser]))
    .digest("hex")
    .slice(0, 32);
}

/** The newest access request of a slot. */
export const currentAccessKey = (slotId: string) => ({ pk: `${accessKeyPrefix}${slotId}`, sk: "current" });

/** An access request that has ended, and made room for another. */
export const endedAccessKey = (slotId: string, id: string) => ({
  pk: `${accessKeyPrefix}${slotId}`,
  sk: `ended#${id}`,
});

/** The id of an access request tells its slot: `ar-<slot id>-<12 hex digits>`. */
const accessRequestId = /^ar-([0-9a-f]{32})-[0-9a-f]{12}$/;

export const slotIdIn = (id: string): string | undefined => accessRequestId.exec(id)?.[1];

/** An event of the trail. */
export const eventKey = (eventId: string) => ({ pk: `${eventKeyPrefix}${eventId}`, sk: "event" });

/** What is known of the first request with an Idempotency-Key. */
export const idempotencyKey = (hash: string) => ({ pk: `${idempotencyKeyPrefix}${hash}`, sk: "request" });

/**
 * The table's indexes: name, and the attributes that are its partition and sort keys. Each is sparse: only items with both
 * attributes are in it. Nothing is authorized by an index.
 */
export const indexes = {
  /** What time will change: `due` says what (`expiry`, `outcome`, `publication`), `dueAt` when (ISO 8601). */
  due: { name: "due", partition: "due", sort: "dueAt" },
  /** All access requests: `listed` is `access-request`, `listedAt` `<createdAt>#<id>`. */
  accessRequests: { name: "access-requests", partition: "listed", sort: "listedAt" },
  /** All events (`trail` is `event`), and those about an instance, a subject, an access request; `filedAt` is `<time>#<id>`. */
  events: { name: "events", partition: "trail", sort: "filedAt" },
  eventsByInstance: { name: "events-by-instance", partition: "aboutInstance", sort: "filedAt" },
  eventsBySubject: { name: "events-by-subject", partition: "aboutSubject", sort: "filedAt" },
  eventsByAccessRequest: { name: "events-by-access-request", partition: "aboutAccessRequest", sort: "filedAt" },
} as const;
