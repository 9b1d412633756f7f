import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { People } from "../shared/people.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { AccessRequest } from "./access-request.ts";
import { type FindPorts, findVisible } from "./find.ts";
import { accessRequestResponse, updatedAtOf } from "./response.ts";
import { isOpen, statusAt } from "./status.ts";

export interface GetAccessRequestInput {
  readonly caller: Caller;
  readonly id: string;
  /** Seconds to wait for a change. */
  readonly wait?: number | undefined;
  /** An `updatedAt` that the caller has seen: if it differs, there is nothing to wait for. */
  readonly since?: string | undefined;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface WaitPorts extends FindPorts {
  readonly people: Pick<People, "wasSeen">;
  /** Resolves early when its signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * Reads of the store in one wait, to bound its cost. A read may take two calls, once, and that of the subject one:
 * sixteen in all.
 */
const mostReads = 14;

/** Milliseconds between two reads, at least. */
const leastPause = 500;

/** Milliseconds before the deadline at which the last read starts. */
const lastRead = 1000;

/**
 * An access request; with `wait`, once it has changed or the wait has ended. A request that has ended does not change, so it is
 * returned at once. Whether the caller may see it is decided once, before the wait. If somebody else asked for the
 * subject, it says whether that person was ever seen: a reviewer looks at it last.
 *
 * @throws Problem `access-request-not-found` if it does not exist or the caller may not see it.
 */
export async function getAccessRequest(
  ports: WaitPorts,
  { caller, id, wait = 0, since }: GetAccessRequestInput,
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const { clock, deadline } = context;
  const startedAt = clock().getTime();
  // Mostly its subject waits, and sees it without EC2.
  const { request: first } = await findVisible(ports, { caller, id, describeOwn: false }, context);
  const isSeen = since === undefined || Date.parse(since) === Date.parse(updatedAtOf(first, clock()));
  const until = isSeen ? Math.min(startedAt + wait * 1000, deadline.at.getTime() - lastRead) : startedAt;
  const [latest, subjectSeen] = await Promise.all([
    changed(ports, first, { startedAt, until }, context),
    first.subject === first.requestedBy ? undefined : ports.people.wasSeen(first.subject, deadline.signal),
  ]);
  return { ...accessRequestResponse(latest, clock()), ...(subjectSeen !== undefined && { subjectSeen }) };
}

/** The request as soon as it has changed, else as it is at the end. */
async function changed(
  { sleep, store }: WaitPorts,
  first: AccessRequest,
  { startedAt, until }: { readonly startedAt: number; readonly until: number },
  { clock, deadline: { signal } }: RequestContext,
): Promise<AccessRequest> {
  const updatedAt = updatedAtOf(first, clock());
  if (!isOpen(statusAt(first, clock()))) return first;
  const time = Math.max(0, until - startedAt);
  const reads = Math.min(mostReads - 1, Math.floor(time / leastPause));
  const pause = time / Math.max(1, reads);
  let latest = first;
  for (let read = 1; read <= reads; read += 1) {
    const dueIn = startedAt + read * pause - clock().getTime();
    // If the clock is set back, the wait does not get longer.
    await sleep(Math.min(Math.max(0, dueIn), pause), signal);
    if (signal.aborted) break;
    latest = (await store.read(first.id, signal)) ?? latest;
    if (latest.sequence !== first.sequence || updatedAtOf(latest, clock()) !== updatedAt) break;
  }
  return latest;
}
