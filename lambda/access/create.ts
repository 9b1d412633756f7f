import { randomBytes } from "node:crypto";
import { slotIdOf } from "../aws/table-keys.ts";
import { requireVisible } from "../connect/decide.ts";
import type { AccessRequestAnswer } from "../contract/access-request.ts";
import type { Routes } from "../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { invalidField } from "../http/problem.ts";
import type { AccessRequest } from "./access-request.ts";
import { answerAccessRequest } from "./answer.ts";
import { judgeWish } from "./judge-wish.ts";
import type { AccessPorts, AccessSettings, AccessStore } from "./ports.ts";
import { requireTaken, writeInRounds } from "./rounds.ts";
import { cancel, create, expire, isOpen, statusAt } from "./transitions.ts";

/**
 * Asks for access, or answers the request that is open already for the same subject, instance and OS user. It is active at
 * once where policy asks for no approval, and for break-glass, which does not wait behind a pending one: that is cancelled.
 *
 * @throws Problem in this order: `invalid-request` (break-glass for somebody else), `instance-not-found`, `access-denied`
 *   (the caller may not ask; nothing would let the subject connect; for too long); AWS's faults as the ports throw them.
 */
export async function createAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  { caller, body, deadline: { signal }, requestId, facts }: ApiRequest<Routes["createAccessRequest"]>,
): Promise<AccessRequestAnswer> {
  const { instanceId, osUser, durationSeconds, reason, breakGlass, subject = caller.id } = body;
  if (breakGlass && subject !== caller.id) throw invalidField("/breakGlass", "not-for-others");
  const slot = { subject, instanceId, osUser };
  const slotId = slotIdOf(slot);
  const readCurrent = () => ports.store.readCurrent(slotId, signal);
  Object.assign(facts, { instanceId, osUser });

  const [policy, described, first] = await Promise.all([
    ports.policy,
    ports.describeInstance(instanceId, signal),
    readCurrent(),
  ]);
  const instance = requireVisible(policy, caller, described);
  const time = settings.policyTime(ports.clock());
  const { policies, ...judged } = judgeWish(policy, caller, instance, subject, body, time, settings.personRoles);
  const id = `ar-${slotId}-${randomBytes(6).toString("hex")}`;
  Object.assign(facts, { policies, accessRequestId: id });
  const wish = { ...slot, id, durationSeconds, reason, breakGlass, ...judged };

  return writeInRounds(first, readCurrent, async (current) => {
    const at = ports.clock();
    const act = { actor: caller.id, at, requestId, policies, policyDigest: policy.digest };
    const creation = requireTaken(create(wish, act));
    // The write before was applied, and its answer lost.
    if (current?.id === id) return answerAccessRequest(current, at);
    if (current && isInTheWay(current, breakGlass, at)) {
      facts.accessRequestId = current.id;
      return { ...answerAccessRequest(current, at), isPreexisting: true };
    }
    const ended = current && (await makeRoom(ports.store, current, caller.id, at, requestId, signal));
    if (current && !ended) return undefined;
    const isWritten = await ports.store.create(creation, ended, signal);
    return isWritten ? answerAccessRequest(creation.next, at) : undefined;
  });
}

function isInTheWay(current: AccessRequest, breakGlass: boolean, at: Date): boolean {
  const status = statusAt(current, at);
  return breakGlass ? status === "active" : isOpen(status);
}

/**
 * Ends the newest request of a slot, for another to take its place: one whose time is over gets its event first.
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
