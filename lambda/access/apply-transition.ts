import { invalidField, Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Change, Rejection } from "./change.ts";
import type { AccessStore } from "./ports.ts";

/** Decides how an access request changes at a moment. It has no effect, so that it can be called again. */
export type Transition = (request: AccessRequest, at: Date) => Promise<Change | Rejection> | Change | Rejection;

/**
 * Changes an access request by a transition, decided on the state that the write replaces.
 *
 * @param first as it was read.
 * @returns what is stored now.
 * @throws Problem by the code of a rejection; `upstream-unavailable` after too many conflicts; and as the store does.
 */
export function applyTransition(
  store: Pick<AccessStore, "read" | "change">,
  first: AccessRequest,
  transition: Transition,
  { clock, deadline: { signal } }: RequestContext,
): Promise<AccessRequest> {
  return retryOnConflict<AccessRequest | undefined, AccessRequest>(
    first,
    () => store.read(first.id, signal),
    async (request) => {
      if (!request) throw new Error("Access requests are never deleted while they can change");
      return store.change(requireChange(await transition(request, clock())), signal);
    },
  );
}

/** @throws Problem by the code of a rejection. */
export function requireChange(outcome: Change | Rejection): Change {
  if (!("rejection" in outcome)) return outcome;
  const { rejection, reason } = outcome;
  throw reason === undefined ? new Problem(rejection) : invalidField("/durationSeconds", reason);
}
