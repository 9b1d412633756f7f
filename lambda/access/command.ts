import { Problem } from "../shared/problem.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Change, Refusal } from "./change.ts";
import type { AccessPorts } from "./ports.ts";

/** Decides what becomes of an access request at a moment. It changes nothing, so that it can be asked again. */
export type Command = (request: AccessRequest, at: Date) => Change | Refusal;

/**
 * Changes an access request as a command decides, by what it is when it is written.
 *
 * @param first as it was read.
 * @returns what is stored now.
 * @throws Problem by the code of the command's refusal; `upstream-unavailable` where others were faster each time; whatever
 *   the store throws.
 */
export function changeWithRetries(
  { clock, store }: Pick<AccessPorts, "clock" | "store">,
  first: AccessRequest,
  command: Command,
  signal: AbortSignal,
): Promise<AccessRequest> {
  return retryOnConflict<AccessRequest | undefined, AccessRequest>(
    first,
    () => store.read(first.id, signal),
    async (request) => {
      if (!request) throw new Error("An access request is never deleted");
      return store.change(requireTaken(command(request, clock())), signal);
    },
  );
}

/** @throws Problem by the refusal's code, where it is one. */
export function requireTaken(outcome: Change | Refusal): Change {
  if ("refusal" in outcome) throw new Problem(outcome.refusal);
  return outcome;
}
