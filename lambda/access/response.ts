import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { AccessRequest } from "./access-request.ts";
import { statusAt } from "./transitions.ts";

/** An access request as the API answers with it at a moment: its fields in one order, wherever it comes from. */
export function accessRequestResponse(request: AccessRequest, now: Date): AccessRequestResponse {
  return {
    id: request.id,
    status: statusAt(request, now),
    subject: request.subject,
    requestedBy: request.requestedBy,
    instanceId: request.instanceId,
    osUser: request.osUser,
    durationSeconds: request.durationSeconds,
    reason: request.reason,
    breakGlass: request.breakGlass,
    requirements: request.requirements,
    reviews: request.reviews,
    createdAt: request.createdAt,
    pendingUntil: request.pendingUntil,
    activatedAt: request.activatedAt,
    expiresAt: request.expiresAt,
    noPushesAfter: noPushesAfter(request),
  };
}

/**
 * After a revoke no push is begun that was not intended before it. The last of those may start at its `pushBy`, which may lie
 * behind the revoke.
 */
function noPushesAfter({ status, endedAt = "", pushBy = "" }: AccessRequest): string | undefined {
  if (status !== "revoked") return undefined;
  return pushBy > endedAt ? pushBy : endedAt;
}
