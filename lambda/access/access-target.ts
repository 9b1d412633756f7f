import { createHash } from "node:crypto";
import type { Slot } from "./access-request.ts";

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

/** The id of an access request tells its slot: `ar-<slot id>-<12 hex digits>`. */
const accessRequestId = /^ar-([0-9a-f]{32})-[0-9a-f]{12}$/;

/** The id of the access request in a slot that a (random) UUID names: its last 12 digits are as random as any. */
export const accessRequestIdOf = (slotId: string, uuid: string): string => `ar-${slotId}-${uuid.slice(-12)}`;

/** The slot of an access request. Undefined for an id that Latchkey has not given. */
export const slotIdIn = (id: string): string | undefined => accessRequestId.exec(id)?.[1];
