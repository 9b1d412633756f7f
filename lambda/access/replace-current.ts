import type { AccessRequest } from "./access-request.ts";
import { requireChange } from "./apply-transition.ts";
import type { Act } from "./change.ts";
import type { ProposedAccess } from "./evaluate-access-request.ts";
import type { AccessStore } from "./ports.ts";
import { isOpen, statusAt } from "./status.ts";
import { cancel, endSuspended, expire } from "./transitions.ts";

/** Whether a target's newest request stays, so that the same access is not asked for twice. */
export function isPreexisting(current: AccessRequest, proposed: ProposedAccess, at: Date): boolean {
  const status = statusAt(current, at);
  // What a newer version of Latchkey has written may be open.
  if (status === "unknown") return true;
  return status === "pending" ? replacementOf(current, proposed) === undefined : isOpen(status);
}

/**
 * Ends a target's newest request, so that another can replace it: by its expiry if it is due, else by a
 * cancellation, or as a suspension has ended it.
 *
 * @returns the ended request; undefined if it has changed since it was read.
 */
export async function endCurrent(
  store: Pick<AccessStore, "change">,
  current: AccessRequest,
  proposed: ProposedAccess,
  { act, isSuspended, signal }: { readonly act: Act; readonly isSuspended: boolean; readonly signal: AbortSignal },
): Promise<AccessRequest | undefined> {
  if (!isOpen(current.status)) return current;
  const expiry = statusAt(current, act.at) === "expired" ? expire(current, act.at, act.requestId) : undefined;
  const ending =
    expiry ??
    (isSuspended ? endSuspended(current, act) : requireChange(cancel(current, replacementOf(current, proposed), act)));
  return store.change(ending, signal);
}

/** Why a pending request is cancelled for another. Undefined if it stays. */
function replacementOf(pending: AccessRequest, { caller, breakGlass }: ProposedAccess): string | undefined {
  if (breakGlass) return "Replaced by break-glass.";
  const isByOthers = pending.requestedBy !== pending.subject;
  return isByOthers && caller.id === pending.subject ? "Replaced by the subject's own request." : undefined;
}
