import type { AccessRequest, Slot } from "../access/access-request.ts";
import type { Access } from "../policy/authorize.ts";

/** An access request that gives access now: its expiry is known. */
export type CarryingAccess = AccessRequest & { readonly expiresAt: string };

/**
 * The access request that can carry a connection: it is for exactly this subject, instance and OS user, active, and not
 * over. It is compared field by field: that it was found under the slot's key proves nothing.
 *
 * @param stored what the table holds for the slot, whatever has become of it; or nothing.
 */
export function carryingAccess(stored: AccessRequest | undefined, slot: Slot, now: Date): CarryingAccess | undefined {
  if (stored?.status !== "active" || stored.expiresAt === undefined) return undefined;
  const { expiresAt } = stored;
  const isForThis =
    stored.subject === slot.subject && stored.instanceId === slot.instanceId && stored.osUser === slot.osUser;
  // A time that cannot be read compares as false, and gives nothing.
  return isForThis && Date.parse(expiresAt) > now.getTime() ? { ...stored, expiresAt } : undefined;
}

/** The access as policies see it. */
export function accessInPolicy({ reviews, breakGlass, reason, expiresAt }: CarryingAccess): Access {
  return {
    approvals: reviews.filter(({ decision }) => decision === "approve").length,
    breakGlass,
    reason,
    expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
  };
}
