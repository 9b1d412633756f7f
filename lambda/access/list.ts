import type { Caller } from "../../contract/caller.ts";
import { incompleteTargets, type Unread } from "../inventory/incomplete-targets.ts";
import type { InventoryReader } from "../inventory/ports.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReview, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { visibleTraits } from "../policy/narrow.ts";
import type { Instance } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { instanceIn, isTagScope, syntheticInstance } from "../shared/scope.ts";
import type { DescribeInstances } from "../targets/describe-instances.ts";
import type { AccessRequest } from "./access-request.ts";
import { askersOf, awaitingReview, countedReviews } from "./extension.ts";
import { isVisible } from "./find.ts";
import type { AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { reviewContextOf } from "./review-context.ts";
import { statusAt } from "./status.ts";
import { approvalsLeft } from "./transitions.ts";
import { type AccessFilter, type ListPartition, whereOwnAre, whereToList } from "./where-to-list.ts";

export interface ListAccessRequestsInput extends AccessFilter {
  readonly caller: Caller;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AccessListPorts {
  readonly policy: PolicyEngine;
  /** The newest access requests of a range, in these partitions. Their keys begin with `createdAt`. */
  listAccessItems(
    partitions: readonly ListPartition[],
    range: KeyRange,
    signal: AbortSignal,
  ): Promise<IndexRead<AccessRequest>>;
  readonly describeInstances: DescribeInstances;
  readonly inventory: Pick<InventoryReader, "readObserved">;
}

/**
 * One page of the access requests that the caller may see, newest first, each with its status at this moment. If its work is
 * spent, the page may be short or even empty while there are more. Requests of others on instances of a target that fails are
 * left out, as the page says.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; and as the ports do.
 */
export async function listAccessRequests(
  ports: AccessListPorts,
  settings: Pick<AccessSettings, "policyTime">,
  input: ListAccessRequestsInput,
  context: RequestContext,
) {
  const { caller, limit, cursor, reviewable, subject } = input;
  const { sourceIp, deadline } = context;
  const { signal } = deadline;
  const now = context.clock();
  const circumstances = { time: settings.policyTime(now), sourceIp };
  const instances = new KnownInstances(ports.describeInstances, signal);
  const unread: Unread[] = [];
  const instanceOf = ({ scope }: AccessRequest) =>
    isTagScope(scope) ? syntheticInstance(scope) : instances.get(scope);

  const { policy } = ports;
  const own = whereOwnAre(caller.id, input);
  // Callers who can view nothing see what is their own.
  let where = subject !== caller.id && visibleTraits(policy, caller)?.length === 0 ? own : whereToList(input);

  const learn = async (requests: readonly AccessRequest[]) => {
    const keys = requests.flatMap(({ scope }) => instanceIn(scope) ?? []);
    await instances.learn(keys);
    unread.push(...instances.unread(keys));
  };
  const read = async (range: KeyRange) => {
    const found = await ports.listAccessItems(where, range, signal);
    if (where === own || where.every(({ by }) => by !== "instance")) return found;
    const requests = found.entries.map(({ value }) => value);
    await learn(requests);
    if (requests.some((one) => mayView(policy, caller, instanceOf(one)))) return found;
    // Nothing of what was read counts: not even a cursor reveals whether there are requests for a hidden instance.
    where = own;
    return ports.listAccessItems(where, range, signal);
  };

  const { items, nextCursor } = await newestFirst(
    { limit, cursor },
    read,
    async (found) => {
      const matching = found.filter((one) => matches(one, input, policy, now));
      await learn(matching);
      return matching.filter((one) => {
        const instance = instanceOf(one);
        if (!isVisible(policy, caller, one, instance)) return false;
        if (!reviewable) return true;
        return instance && mayReview(policy, caller, instance, reviewContextOf(one, circumstances)).allowed;
      });
    },
    context,
  );
  // A request of the caller's own may be about an instance that they no longer see.
  const nameOf = (instance: Instance | undefined) =>
    mayView(policy, caller, instance) ? instance.tags["Name"] || undefined : undefined;
  return {
    items: items.map((one) =>
      accessRequestResponse(one, now, isTagScope(one.scope) ? undefined : nameOf(instanceOf(one))),
    ),
    ...(nextCursor && { nextCursor }),
    ...(await incompleteTargets(ports.inventory, unread, (instance) => mayView(policy, caller, instance), signal)),
  };
}

/** Whether a request matches the filters, as far as that depends on neither its instance nor an evaluation of policy. */
function matches(
  one: AccessRequest,
  { caller, status, instanceId, subject, reviewable }: ListAccessRequestsInput,
  { mostApprovals }: Pick<PolicyEngine, "mostApprovals">,
  now: Date,
): boolean {
  return (
    (status === undefined || statusAt(one, now) === status) &&
    (instanceId === undefined || instanceIn(one.scope)?.instanceId === instanceId) &&
    (subject === undefined || one.subject === subject) &&
    (!reviewable || takesReviewOf(caller, one, mostApprovals, now))
  );
}

/** Nobody reviews what they asked for, or the same thing twice. The write of a review checks that again. */
function takesReviewOf({ id }: Caller, one: AccessRequest, mostApprovals: number, now: Date): boolean {
  const further = approvalsLeft(one, mostApprovals, now) > 0 ? countedReviews(one) : undefined;
  const reviews = awaitingReview(one, now)?.reviews ?? further;
  return reviews !== undefined && !askersOf(one).includes(id) && reviews.every(({ reviewer }) => reviewer !== id);
}
