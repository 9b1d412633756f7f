import * as z from "zod";
import { accessRequest } from "../../../contract/access-request.ts";
import type { AccessRequest } from "../../access/access-request.ts";
import { endOf } from "../../access/transitions.ts";
import { indexKey } from "../../lists/index-key.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { type Attributes, readItem } from "./items.ts";
import { indexes } from "./table-keys.ts";

const item = accessRequest.omit({ updatedAt: true, noPushesAfter: true, isPreexisting: true }).extend({
  endedAt: z.iso.datetime().optional(),
  sequence: z.int().min(1),
  pushBy: z.iso.datetime().optional(),
}) satisfies z.ZodType<AccessRequest>;

/** @throws Problem `internal` where an item is not what Latchkey writes. */
export function readAccessItem(attributes: Attributes): AccessRequest {
  return readItem(item, attributes);
}

/** All attributes of a request's item but its key. */
export function accessAttributes(request: AccessRequest): Record<string, unknown> {
  return {
    ...request,
    reviewers: reviewersOf(request),
    [indexes.accessRequests.partition]: indexes.accessRequests.all,
    [indexes.accessRequests.sort]: indexKey(request.createdAt, request.id),
    ...dueAttributes(request),
  };
}

/** What the write of a change sets in the item. `pushBy` is not among it: connections set that meanwhile. */
export function changedAttributes(request: AccessRequest, events: readonly TrailEvent[]): Record<string, unknown> {
  const { status, sequence, reviews, activatedAt, expiresAt, endedAt } = request;
  return {
    status,
    sequence,
    reviews,
    activatedAt,
    expiresAt,
    endedAt,
    reviewers: reviewersOf(request),
    events,
    ...dueAttributes(request),
  };
}

/** For conditions: they can look for a text in a list, not for a field of its items. */
const reviewersOf = ({ reviews }: AccessRequest) => reviews.map(({ reviewer }) => reviewer);

/** While a request is open, what time will do to it, and when. */
function dueAttributes(request: AccessRequest): Record<string, unknown> {
  const end = endOf(request);
  return end === undefined ? {} : { [indexes.due.partition]: "expiry", [indexes.due.sort]: end };
}
