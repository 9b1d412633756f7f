import { createHash } from "node:crypto";
import { instanceKey } from "../shared/instance.ts";
import type { AccessRequest, AccessTarget } from "./access-request.ts";

/**
 * Names an access target: 32 hex digits. Its newest access request is always the same item, so that one conditional write can
 * ensure that no two are open. Scheduled requests have an access target of their own: they leave the current one alone.
 */
export function accessTargetIdOf(
  accessTarget: AccessTarget,
  { isScheduled }: { readonly isScheduled: boolean } = { isScheduled: false },
): string {
  const { subject, osUser } = accessTarget;
  const scheduled = isScheduled ? ["scheduled"] : [];
  return createHash("sha256")
    .update(JSON.stringify([subject, instanceKey(accessTarget), osUser, ...scheduled]))
    .digest("hex")
    .slice(0, 32);
}

/** How many requests with a scope of tags a subject has at most: one in each slot. */
export const slotCount = 20;

/** How many of them others may have made: they use the first slots only. */
export const slotsForOthers = 5;

/** Names the partition of a subject's slots: 32 hex digits. */
function slotsIdOf(subject: string): string {
  return createHash("sha256")
    .update(JSON.stringify(["tags", subject]))
    .digest("hex")
    .slice(0, 32);
}

/** A slot is an access target, too: `<32 hex digits>-<00 to 19>`. */
export const slotIdOf = (subject: string, slot: number): string =>
  `${slotsIdOf(subject)}-${String(slot).padStart(2, "0")}`;

/** The id of an access request contains that of its target: `ar-<access target id>-<12 hex digits>`. */
const accessRequestId = /^ar-([0-9a-f]{32}(?:-[01][0-9])?)-[0-9a-f]{12}$/;

/** @param uuid a random one: its last 12 digits are all random. */
export const accessRequestIdOf = (accessTargetId: string, uuid: string): string =>
  `ar-${accessTargetId}-${uuid.slice(-12)}`;

/** The access target's id in an access request's id. Undefined for a text that is not such an id. */
export const accessTargetIdIn = (id: string): string | undefined => accessRequestId.exec(id)?.[1];

/** The access target of a stored request. @throws Error if its id has none: no version of Latchkey writes such an id. */
export function accessTargetIdOfRequest({ id }: Pick<AccessRequest, "id">): string {
  const accessTargetId = accessTargetIdIn(id);
  if (accessTargetId === undefined) throw new Error("The access request's id names no access target");
  return accessTargetId;
}
