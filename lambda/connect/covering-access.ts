import type { AccessRequest, AccessTarget } from "../access/access-request.ts";
import { approvalsOf, statusAt } from "../access/transitions.ts";
import type { Access } from "../policy/authorize.ts";
import { isSameInstance } from "../shared/instance.ts";
import { instanceIn } from "../shared/scope.ts";
import { epochSeconds } from "../shared/time.ts";

/** An access request that is active, so that its expiry is known. */
export type CoveringAccess = AccessRequest & { readonly expiresAt: string };

/**
 * The access request under which a connection can be made: it is for exactly this subject, instance and OS user, active, and
 * not expired. It is compared field by field: its key in the table proves nothing.
 *
 * @param stored the access target's newest access request, in any status.
 */
export function coveringAccess(
  stored: AccessRequest | undefined,
  accessTarget: AccessTarget,
  now: Date,
): CoveringAccess | undefined {
  if (stored?.expiresAt === undefined || statusAt(stored, now) !== "active") return undefined;
  const { expiresAt } = stored;
  const instance = instanceIn(stored.scope);
  const isForThis =
    stored.subject === accessTarget.subject &&
    instance !== undefined &&
    isSameInstance(instance, accessTarget) &&
    stored.osUser === accessTarget.osUser;
  return isForThis ? { ...stored, expiresAt } : undefined;
}

/** The access as policies see it. */
export function accessInPolicy({ reviews, breakGlass, reason, expiresAt }: CoveringAccess): Access {
  return {
    approvals: approvalsOf(reviews),
    breakGlass,
    reason,
    expiresAt: epochSeconds(new Date(expiresAt)),
  };
}
