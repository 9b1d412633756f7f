import { randomUUID } from "node:crypto";
import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Attempt } from "../idempotency/ports.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import { accessRequestIdOf, accessTargetIdOf } from "./access-target.ts";
import { accessTargetOf, authorizeRequest, type CreateRequest } from "./authorize-request.ts";
import { requireTaken } from "./command.ts";
import type { AccessPorts, AccessSettings, AccessStore } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { cancel, create, expire, isOpen, statusAt } from "./transitions.ts";

/**
 * Asks for access, or answers the request that is open already for the same subject, instance and OS user. It is active at
 * once where policy asks for no approval, and for break-glass, which does not wait behind a pending one: that is cancelled.
 *
 * @param attempt under an Idempotency-Key: what an earlier run has made, if it has, is answered as it is by now.
 * @throws Problem in this order: `invalid-request` (break-glass for somebody else), `instance-not-found`, `access-denied`
 *   (the caller may not ask; nothing would let the subject connect; for too long); AWS's faults as the ports throw them.
 */
export async function createAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  request: CreateRequest,
  attempt: Attempt = { resultId: randomUUID(), isRepeated: false },
): Promise<AccessRequestResponse> {
  const { caller, body, deadline, requestId, facts } = request;
  const { signal } = deadline;
  const accessTarget = accessTargetOf(request);
  const accessTargetId = accessTargetIdOf(accessTarget);
  const { policies, policyDigest, ...judged } = await authorizeRequest(ports, settings, request);
  const { durationSeconds, reason, breakGlass } = body;
  const id = accessRequestIdOf(accessTargetId, attempt.resultId);
  facts.accessRequestId = id;
  const made = attempt.isRepeated ? await ports.store.read(id, signal) : undefined;
  if (made) return accessRequestResponse(made, ports.clock());
  const requested = { ...accessTarget, id, durationSeconds, reason, breakGlass, ...judged };

  const readCurrent = () => ports.store.readCurrent(accessTargetId, signal);
  return retryOnConflict(await readCurrent(), readCurrent, async (current) => {
    const at = ports.clock();
    // The write before was applied, and its answer lost.
    if (current?.id === id) return accessRequestResponse(current, at);
    if (current && isInTheWay(current, breakGlass, at)) {
      facts.accessRequestId = current.id;
      return { ...accessRequestResponse(current, at), isPreexisting: true };
    }
    const ended = current && (await makeRoom(ports.store, current, caller.id, at, requestId, signal));
    if (current && !ended) return undefined;
    const creation = create(requested, { actor: caller.id, at, requestId, policies, policyDigest });
    const isWritten = await ports.store.create(creation, ended, signal);
    return isWritten ? accessRequestResponse(creation.next, at) : undefined;
  });
}

function isInTheWay(current: AccessRequest, breakGlass: boolean, at: Date): boolean {
  const status = statusAt(current, at);
  return breakGlass ? status === "active" : isOpen(status);
}

/**
 * Ends the newest request of a accessTarget, for another to take its place: one whose time is over gets its event first.
 *
 * @returns it as it has ended; undefined where it is not any more what it was.
 */
async function makeRoom(
  store: AccessStore,
  current: AccessRequest,
  actor: string,
  at: Date,
  requestId: string,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  if (!isOpen(current.status)) return current;
  const ending =
    expire(current, at, requestId) ??
    requireTaken(cancel(current, "Break-glass takes its place.", { actor, at, requestId }));
  return store.change(ending, signal);
}
