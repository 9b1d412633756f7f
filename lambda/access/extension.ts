import type { AccessRequest, Extension } from "./access-request.ts";
import { endOf, statusAt } from "./status.ts";

/** The extension that can be reviewed at a moment. Time ends it even before that is written, and so does the end of access. */
export function pendingExtension(request: AccessRequest, now: Date): Extension | undefined {
  const { extension } = request;
  if (extension?.status !== "pending" || statusAt(request, now) !== "active") return undefined;
  return now.getTime() < Date.parse(extension.pendingUntil) ? extension : undefined;
}

/** The last extension as it is at a moment. */
export function extensionAt(request: AccessRequest, now: Date): Extension | undefined {
  const { extension } = request;
  if (extension?.status !== "pending" || pendingExtension(request, now)) return extension;
  return { ...extension, status: "expired", endedAt: extension.pendingUntil };
}

/** What a review decides at a moment: the pending request, or the pending extension of active access. */
export function awaitingReview(
  request: AccessRequest,
  now: Date,
): Pick<AccessRequest, "durationSeconds" | "requirements" | "reviews"> | undefined {
  return statusAt(request, now) === "pending" ? request : pendingExtension(request, now);
}

/** Who gets the access and who asked for it or its extension: they do not review it. */
export function askersOf({ subject, requestedBy, extension }: AccessRequest): readonly string[] {
  return [subject, requestedBy, ...(extension ? [extension.requestedBy] : [])];
}

/** The reviews of the request, of what extended it last, and of its last extension. */
export function allReviewsOf({ reviews, extendedBy = [], extension }: AccessRequest): AccessRequest["reviews"] {
  return [...reviews, ...extendedBy, ...(extension?.reviews ?? [])];
}

/** The reviews that policy counts: of those that approved the end that access has. */
export const countedReviews = ({ reviews, extendedBy }: AccessRequest): AccessRequest["reviews"] =>
  extendedBy ?? reviews;

/** When time next changes an open request: its start, its end, or the end of its pending extension. */
export function dueAt(request: AccessRequest): string | undefined {
  if (request.status === "scheduled") return request.startsAt;
  const end = endOf(request);
  const { extension } = request;
  return end !== undefined && extension?.status === "pending" && extension.pendingUntil < end
    ? extension.pendingUntil
    : end;
}
