import { createHash } from "node:crypto";
import type { AccessTarget } from "./access-request.ts";

/**
 * Names a subject's access to an instance as an OS user: 32 hex digits. The newest access request for it is always the same
 * item, so that one conditional write can see to it that no two are open.
 */
export function accessTargetIdOf({ subject, instanceId, osUser }: AccessTarget): string {
  return createHash("sha256")
    .update(JSON.stringify([subject, instanceId, osUser]))
    .digest("hex")
    .slice(0, 32);
}

/** The id of an access request tells its accessTarget: `ar-<accessTarget id>-<12 hex digits>`. */
const accessRequestId = /^ar-([0-9a-f]{32})-[0-9a-f]{12}$/;

/** The id of the access request in a accessTarget that a (random) UUID names: its last 12 digits are as random as any. */
export const accessRequestIdOf = (accessTargetId: string, uuid: string): string =>
  `ar-${accessTargetId}-${uuid.slice(-12)}`;

/** The accessTarget of an access request. Undefined for an id that Latchkey has not given. */
export const accessTargetIdIn = (id: string): string | undefined => accessRequestId.exec(id)?.[1];
