import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { isPersonId } from "../../contract/person-id.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { AccessRequest, Review } from "./access-request.ts";

/**
 * The status at a moment. An open request expires at its end, even before that is written; the end itself counts as expired, and
 * so does an end that cannot be read.
 */
export function statusAt(
  request: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">,
  now: Date,
): AccessRequestStatus {
  if (!isOpen(request.status)) return request.status;
  return now.getTime() < Date.parse(endOf(request) ?? "") ? request.status : "expired";
}

/** When an open request expires (ISO 8601). Undefined for one that has ended. */
export function endOf({
  status,
  pendingUntil,
  expiresAt,
}: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">) {
  if (status === "pending") return pendingUntil;
  return status === "active" ? expiresAt : undefined;
}

/** How many people have approved. */
export function approvalsOf(reviews: AccessRequest["reviews"]): number {
  return reviews.filter(({ decision, reviewer }) => decision === "approve" && isPersonId(reviewer)).length;
}

/** The integrations that have approved. */
export function integrationsOf(reviews: AccessRequest["reviews"]): readonly string[] {
  return reviews.flatMap(({ decision, integration }) => (decision === "approve" && integration) || []);
}

/** Whether reviews are enough. */
export function isApproved({ approvals, alternatives }: Requirements, reviews: AccessRequest["reviews"]): boolean {
  const integrations = integrationsOf(reviews);
  return (alternatives ?? [{ approvals, integrations: [] }]).some(
    (one) => approvalsOf(reviews) >= one.approvals && one.integrations.every((each) => integrations.includes(each)),
  );
}

/** What a reviewer counts as, once: an integration by its one name, which is no caller's id. */
export const reviewerKey = ({ reviewer, integration }: Review): string =>
  integration === undefined ? reviewer : `integration/${integration}`;

export type OpenStatus = Extract<AccessRequestStatus, "pending" | "active">;

export const isOpen = (status: AccessRequestStatus): status is OpenStatus =>
  status === "pending" || status === "active";
