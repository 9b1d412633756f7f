import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import type { AccessRequest } from "./access-request.ts";
import { type FindPorts, findVisible } from "./find.ts";
import type { AccessPorts } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { isOpen, statusAt } from "./transitions.ts";

/** All that looking at one access request reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface WaitPorts extends FindPorts, Pick<AccessPorts, "clock"> {
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
  request: ApiRequest<Routes["getAccessRequest"]>,
): Promise<AccessRequestResponse> {
  const { query, deadline } = request;
  const startedAt = ports.clock().getTime();
  // Whoever waits is mostly its subject, whom it does not take EC2 to know.
  const { request: first } = await findVisible(ports, request, { describeOwn: false });
  const until = Math.min(startedAt + query.wait * 1000, deadline.at.getTime() - lastRead);
  const latest = await changed(ports, first, { startedAt, until }, deadline.signal);
  return accessRequestResponse(latest, ports.clock());
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
