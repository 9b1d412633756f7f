import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { instanceIn, scopeResponse } from "../shared/scope.ts";
import type { AccessRequest, Extension } from "./access-request.ts";
import { extensionAt } from "./extension.ts";
import { grantedSecondsOf } from "./granted-seconds.ts";
import { asStarted, statusAt } from "./status.ts";

/**
 * An access request as the API shows it at a moment, with its fields in one order.
 *
 * @param instanceName if the caller may view the instance.
 */
export function accessRequestResponse(stored: AccessRequest, now: Date, instanceName?: string): AccessRequestResponse {
  const request = asStarted(stored, now);
  return {
    id: request.id,
    status: statusAt(request, now),
    subject: request.subject,
    requestedBy: request.requestedBy,
    scope: scopeResponse(request.scope),
    instanceId: instanceIn(request.scope)?.instanceId,
    ...(instanceName !== undefined && { instanceName }),
    osUser: request.osUser,
    durationSeconds: request.durationSeconds,
    grantedSeconds: request.expiresAt === undefined ? undefined : grantedSecondsOf(request),
    reason: request.reason,
    breakGlass: request.breakGlass,
    requirements: request.requirements,
    reviews: shownReviews(request.reviews),
    createdAt: request.createdAt,
    updatedAt: updatedAtOf(request, now),
    pendingUntil: request.pendingUntil,
    startsAt: request.startsAt,
    activatedAt: request.activatedAt,
    expiresAt: request.expiresAt,
    noPushesAfter: noPushesAfter(request),
    isEndedBySuspension: request.isEndedBySuspension,
    extension: extensionResponse(extensionAt(request, now)),
  };
}

const shownReviews = (reviews: AccessRequest["reviews"]) => reviews.map(({ basis: _, ...shown }) => shown);

function extensionResponse(extension: Extension | undefined): AccessRequestResponse["extension"] {
  if (!extension) return undefined;
  const { endedAt: _, reviews, ...shown } = extension;
  const grantedSeconds = extension.status === "approved" ? grantedSecondsOf(extension) : undefined;
  return { ...shown, grantedSeconds, reviews: shownReviews(reviews) };
}

/**
 * When the request last changed: its end, else the last of its start, its reviews and of what happened to its
 * extension. What time starts or ends counts from the moment itself, whenever the sweep records it, so that this does
 * not change without the request.
 */
export function updatedAtOf(stored: AccessRequest, now: Date): string {
  const request = asStarted(stored, now);
  if (statusAt(request, now) === "expired") return request.expiresAt ?? request.pendingUntil;
  if (request.endedAt !== undefined) return request.endedAt;
  const extension = extensionAt(request, now);
  const extended = extension && (extension.endedAt ?? extension.reviews.at(-1)?.at ?? extension.createdAt);
  const reviewed = request.reviews.at(-1)?.at ?? request.createdAt;
  const { activatedAt = reviewed } = request;
  return [reviewed, activatedAt, extended ?? reviewed].reduce((last, each) => (each > last ? each : last));
}

/**
 * After a revoke, only pushes start that were intended before it: each by its `pushBy`, the last of which may be after the
 * revoke.
 */
function noPushesAfter({ status, endedAt = "", pushBy = "" }: AccessRequest): string | undefined {
  if (status !== "revoked") return undefined;
  return pushBy > endedAt ? pushBy : endedAt;
}
