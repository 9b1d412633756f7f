import type { AccessRequestAnswer } from "../contract/access-request.ts";
import type { Routes } from "../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { Problem } from "../http/problem.ts";
import type { AccessRequest } from "./access-request.ts";
import { answerAccessRequest } from "./answer.ts";
import { isOwn } from "./own.ts";
import type { AccessPorts, AccessStore } from "./ports.ts";
import { isOpen, statusAt } from "./transitions.ts";
import { isVisible } from "./visible.ts";

/** All that looking at one access request reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface WaitPorts extends Pick<AccessPorts, "clock" | "policy" | "describeInstance"> {
  readonly store: Pick<AccessStore, "read">;
  /** Ends early, without a fault, when its signal does. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Reads in a whole wait: what it may cost. The store may need two for one, once: fifteen in all. */
const mostReads = 14;

/** Milliseconds between two reads, at least: a short wait has fewer. */
const leastPause = 500;

/** Milliseconds before the deadline by which the last read begins. */
const lastRead = 1000;

/**
 * An access request; with `wait`, once it has changed or the wait is over. One that has ended changes no more, so there is
 * nothing to wait for. Who may see it is judged once, before the wait.
 *
 * @throws Problem `access-request-not-found` for an absent one and for one that the caller may not see.
 */
export async function getAccessRequest(
  ports: WaitPorts,
  { caller, params: { id }, query: { wait }, deadline, facts }: ApiRequest<Routes["getAccessRequest"]>,
): Promise<AccessRequestAnswer> {
  const { signal } = deadline;
  const startedAt = ports.clock().getTime();
  const first = await ports.store.read(id, signal);
  if (!first) throw new Problem("access-request-not-found");
  facts.instanceId = first.instanceId;
  // Whoever waits is mostly its subject, whom it does not take EC2 to know.
  const describing = isOwn(caller, first) ? undefined : ports.describeInstance(first.instanceId, signal);
  const [policy, instance] = await Promise.all([ports.policy, describing]);
  if (!isVisible(policy, caller, first, instance)) throw new Problem("access-request-not-found");

  const until = Math.min(startedAt + wait * 1000, deadline.at.getTime() - lastRead);
  const latest = await changed(ports, first, { startedAt, until }, signal);
  return answerAccessRequest(latest, ports.clock());
}

/** The request as soon as it is found changed, or else as it is at the end. */
async function changed(
  { clock, sleep, store }: WaitPorts,
  first: AccessRequest,
  { startedAt, until }: { readonly startedAt: number; readonly until: number },
  signal: AbortSignal,
): Promise<AccessRequest> {
  const status = statusAt(first, clock());
  if (!isOpen(status)) return first;
  const time = Math.max(0, until - startedAt);
  const reads = Math.min(mostReads - 1, Math.floor(time / leastPause));
  const pause = time / Math.max(1, reads);
  let latest = first;
  for (let read = 1; read <= reads; read += 1) {
    const dueIn = startedAt + read * pause - clock().getTime();
    // A clock that is set back must not make the wait any longer.
    await sleep(Math.min(Math.max(0, dueIn), pause), signal);
    if (signal.aborted) break;
    latest = (await store.read(first.id, signal)) ?? latest;
    if (latest.sequence !== first.sequence || statusAt(latest, clock()) !== status) break;
  }
  return latest;
}
