import type { AccessRequestStatus } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import { incompleteTargets, type Unread } from "../inventory/incomplete-targets.ts";
import type { InventoryReader } from "../inventory/ports.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReview, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
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
import { isOpen, type OpenStatus, statusAt } from "./status.ts";
import { approvalsLeft } from "./transitions.ts";

export interface ListAccessRequestsInput {
  readonly caller: Caller;
  readonly status?: AccessRequestStatus | undefined;
  readonly instanceId?: string | undefined;
  readonly subject?: string | undefined;
  /** Only requests that take a review which the caller may give. */
  readonly reviewable?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * How open requests are kept apart: by their status, those whose extension is pending, and those that may take further
 * reviews.
 */
export type OpenPartition = OpenStatus | "extending" | "active-for-tags";

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AccessListPorts {
  readonly policy: Promise<PolicyEngine>;
  /**
   * The newest access requests of a range. Their keys begin with `createdAt`.
   *
   * @param open only those in these partitions; undefined: all.
   */
  listAccessItems(
    open: readonly OpenPartition[] | undefined,
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
  const { caller, limit, cursor, reviewable } = input;
  const { sourceIp, deadline } = context;
  const { signal } = deadline;
  const now = context.clock();
  const circumstances = { time: settings.policyTime(now), sourceIp };
  const instances = new KnownInstances(ports.describeInstances, signal);
  const unread: Unread[] = [];
  const instanceOf = ({ scope }: AccessRequest) =>
    isTagScope(scope) ? syntheticInstance(scope) : instances.get(scope);

  const { items, nextCursor } = await newestFirst(
    { limit, cursor },
    (range) => ports.listAccessItems(openIn(input), range, signal),
    async (found) => {
      const policy = await ports.policy;
      const matching = found.filter((one) => matches(one, input, policy, now));
      const keys = matching.flatMap(({ scope }) => instanceIn(scope) ?? []);
      await instances.learn(keys);
      unread.push(...instances.unread(keys));
      return matching.filter((one) => {
        const instance = instanceOf(one);
        if (!isVisible(policy, caller, one, instance)) return false;
        if (!reviewable) return true;
        return instance && mayReview(policy, caller, instance, reviewContextOf(one, circumstances)).allowed;
      });
    },
    context,
  );
  const policy = await ports.policy;
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

/** A list of open requests reads no others, however many have ended since. */
function openIn({ status, reviewable }: ListAccessRequestsInput): readonly OpenPartition[] | undefined {
  if (reviewable) return ["pending", "extending", "active-for-tags"];
  if (status === undefined || !isOpen(status)) return undefined;
  // What has started is kept with what is scheduled until that is written.
  return status === "active" ? ["active", "active-for-tags", "extending", "scheduled"] : [status];
}
