import { longestAccess } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { type DescribeInstances, KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReview } from "../policy/authorize.ts";
import { longestPending } from "../policy/bounds.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { secondsAfter } from "../shared/time.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { isOpen, statusAt } from "./transitions.ts";
import { isOwn, isVisible } from "./visible.ts";

/** All that listing reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface AccessListPorts {
  clock(): Date;
  readonly policy: Promise<PolicyEngine>;
  /** The newest of a range of all access requests; their keys begin with `createdAt`. */
  listAccessItems(range: KeyRange, signal: AbortSignal): Promise<IndexRead<AccessRequest>>;
  readonly describeInstances: DescribeInstances;
}

/** Seconds that a request can be open for: pending, then active. */
export const longestOpen = longestPending + longestAccess;

type ListRequest = ApiRequest<Routes["listAccessRequests"]>;

/**
 * One page of the access requests that the caller may see, newest first. Each is judged at this moment: one whose time is
 * over is listed as `expired`. The page may be short, or even empty, while there are more.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; AWS's faults as the ports throw them.
 */
export async function listAccessRequests(
  ports: AccessListPorts,
  settings: Pick<AccessSettings, "policyTime">,
  request: ListRequest,
) {
  const { caller, query, deadline } = request;
  const { limit, cursor, reviewable } = query;
  const now = ports.clock();
  const isWanted = wantedBy(caller, query, now);
  const instances = new KnownInstances(ports.describeInstances, deadline.signal);

  const { items, nextCursor } = await newestFirst(
    { limit, cursor, from: earliest(query, now) },
    (range) => ports.listAccessItems(range, deadline.signal),
    async (found) => {
      const wanted = found.filter(isWanted);
      await instances.learn(wanted.filter((one) => !isOwn(caller, one)).map(({ instanceId }) => instanceId));
      const policy = await ports.policy;
      return wanted.filter((one) => {
        const instance = instances.get(one.instanceId);
        if (!isVisible(policy, caller, one, instance)) return false;
        if (!reviewable) return true;
        return instance && mayReview(policy, caller, instance, { ...one, time: settings.policyTime(now) }).allowed;
      });
    },
  );
  return { items: items.map((one) => accessRequestResponse(one, now)), ...(nextCursor && { nextCursor }) };
}

/** Does a request fit the query, as far as neither its instance nor policy tells? */
function wantedBy(caller: Caller, { status, instanceId, subject, reviewable }: ListRequest["query"], now: Date) {
  return (one: AccessRequest) =>
    (status === undefined || statusAt(one, now) === status) &&
    (instanceId === undefined || one.instanceId === instanceId) &&
    (subject === undefined || one.subject === subject) &&
    (!reviewable || awaitsReviewOf(caller, one, now));
}

/** Nobody reviews what they asked for or are to get, and nobody twice: the write of a review judges so again. */
function awaitsReviewOf(caller: Caller, one: AccessRequest, now: Date): boolean {
  return (
    statusAt(one, now) === "pending" &&
    !isOwn(caller, one) &&
    one.reviews.every(({ reviewer }) => reviewer !== caller.id)
  );
}

/** Where only open requests are asked for, the list need not go back to the first that ever was. */
function earliest({ status, reviewable }: ListRequest["query"], now: Date): string | undefined {
  const isOpenAsked = reviewable !== undefined || (status !== undefined && isOpen(status));
  return isOpenAsked ? secondsAfter(now, -longestOpen).toISOString() : undefined;
}
