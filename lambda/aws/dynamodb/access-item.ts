import * as z from "zod";
import { accessRequest, review, storedStatuses } from "../../../contract/access-request.ts";
import { caller } from "../../../contract/caller.ts";
import { instanceId } from "../../../contract/fields.ts";
import type { AccessRequest } from "../../access/access-request.ts";
import { countedReviews, dueAt } from "../../access/extension.ts";
import { endOf, reviewerKey } from "../../access/status.ts";
import { partitionsWith } from "../../access/where-to-list.ts";
import { indexKey } from "../../lists/index-key.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { indexPartitionOf } from "./access-partitions.ts";
import { isInFormat } from "./format.ts";
import { type Attributes, ifReadable, readAnyFormat, readItem } from "./items.ts";
import { indexes } from "./table-keys.ts";

export const storedScope = z.union([
  z.object({ accountId: z.string(), region: z.string(), instanceId }),
  z.object({ tags: z.record(z.string(), z.string()), accountId: z.string().optional(), region: z.string().optional() }),
]);

/** What a review of a scope of tags was decided on. */
const basis = z.object({
  kind: caller.shape.kind,
  groups: caller.shape.groups,
  context: z.object({
    scope: z.enum(["instance", "tags"]),
    ...{ osUser: z.string(), subject: z.string(), requestedBy: z.string(), breakGlass: z.boolean() },
    time: z.object({ epoch: z.int(), hour: z.int(), weekday: z.int() }),
    sourceIp: z.string().optional(),
  }),
});

const reviews = z.array(review.extend({ basis: basis.optional() }));

const item = accessRequest
  .omit({
    instanceId: true,
    instanceName: true,
    updatedAt: true,
    grantedSeconds: true,
    noPushesAfter: true,
    subjectSeen: true,
    isPreexisting: true,
  })
  .extend({
    status: storedStatuses,
    scope: storedScope,
    reviews,
    endedAt: z.iso.datetime().optional(),
    extension: accessRequest.shape.extension
      .unwrap()
      .omit({ grantedSeconds: true })
      .extend({ reviews, endedAt: z.iso.datetime().optional() })
      .optional(),
    extendedBy: reviews.optional(),
    sequence: z.int().min(1),
    pushBy: z.iso.datetime().optional(),
  }) satisfies z.ZodType<AccessRequest>;

/** What is shown of a request that a newer version of Latchkey has written. */
const unknownItem = item
  .pick({ id: true, subject: true, requestedBy: true, scope: true, osUser: true, createdAt: true })
  .extend({
    durationSeconds: item.shape.durationSeconds.catch(1),
    reason: item.shape.reason.catch(""),
    breakGlass: item.shape.breakGlass.catch(false),
    requirements: item.shape.requirements.catch({ approvals: 0, reason: false }),
    reviews: item.shape.reviews.catch([]),
    sequence: item.shape.sequence.catch(1),
  })
  .transform((shown) => ({ ...shown, status: "unknown" as const, pendingUntil: shown.createdAt }));

/**
 * Reads an access request. One of an unknown format or status has status `unknown`, which permits nothing: after a rollback,
 * a request that newer code has written must neither give access nor break a list.
 *
 * @throws Problem `internal` if an item is not what any version of Latchkey writes.
 */
export function readAccessItem(attributes: Attributes): AccessRequest {
  const { success: isStatus } = storedStatuses.optional().safeParse(attributes["status"]?.S);
  return isInFormat(attributes) && isStatus ? readItem(item, attributes) : readAnyFormat(unknownItem, attributes);
}

/**
 * The same for a list. A request whose terms cannot be read has status `unknown`.
 *
 * @returns undefined if not even its access target can be read, and so not who may see it.
 */
export function readListedAccessItem(attributes: Attributes): AccessRequest | undefined {
  return ifReadable(() => readAccessItem(attributes)) ?? ifReadable(() => readAnyFormat(unknownItem, attributes));
}

/** All attributes of a request's item but its key. */
export function accessAttributes(request: AccessRequest): Record<string, unknown> {
  return {
    ...request,
    reviewers: reviewersOf(request),
    [indexes.accessRequests.partition]: indexes.accessRequests.all,
    [indexes.accessRequests.sort]: indexKey(request.createdAt, request.id),
    ...indexAttributes(request),
  };
}

/** What a change sets in the item. It leaves `pushBy` alone: connections set that in the meantime. */
export function changedAttributes(request: AccessRequest, events: readonly TrailEvent[]): Record<string, unknown> {
  const { status, sequence, reviews, activatedAt, expiresAt, endedAt, extension, extendedBy, isEndedBySuspension } =
    request;
  return {
    status,
    sequence,
    reviews,
    activatedAt,
    expiresAt,
    endedAt,
    isEndedBySuspension,
    extension,
    extendedBy,
    reviewers: reviewersOf(request),
    events,
    ...indexAttributes(request),
  };
}

/**
 * Who has reviewed the pending extension, else what gave access the end that it has: for conditions, which can look for
 * a text in a list, but not for a field of its items.
 */
const reviewersOf = (request: AccessRequest) =>
  (request.extension?.status === "pending" ? request.extension.reviews : countedReviews(request)).map(reviewerKey);

const { due } = indexes;

/** What puts an open request into the index of due items. A change that ends the request removes it. */
export const dueNames = [due.partition, due.sort];

function indexAttributes(request: AccessRequest): Record<string, unknown> {
  const listed = partitionsWith(request).map(indexPartitionOf);
  return {
    ...(endOf(request) !== undefined && { [due.partition]: "expiry", [due.sort]: dueAt(request) }),
    ...Object.fromEntries(listed.map(({ index, partition }) => [index.partition, partition])),
  };
}
