import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { isPersonId } from "../../contract/person-id.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { AccessRequest, Review } from "./access-request.ts";

/** What tells the status at a moment. */
type Timed = Pick<AccessRequest, "status" | "pendingUntil" | "startsAt" | "expiresAt">;

/**
 * The status at a moment. An open request expires at its end, and scheduled access starts at `startsAt`, even before
 * that is written; the moment itself counts as expired or started. An end or a start that cannot be read gives no
 * access.
 */
export function statusAt(request: Timed, now: Date): AccessRequestStatus {
  const { status, startsAt } = request;
  if (!isOpen(status)) return status;
  if (!(now.getTime() < Date.parse(endOf(request) ?? ""))) return "expired";
  // What is stored as active has not started either, by a clock that has gone back.
  return isGranted(status) && startsAt !== undefined ? (hasStarted(startsAt, now) ? "active" : "scheduled") : status;
}

/** A request as it is at a moment: scheduled access has started at its start, whenever that is written. */
export function asStarted(request: AccessRequest, now: Date): AccessRequest {
  const { status, startsAt } = request;
  if (status !== "scheduled" || startsAt === undefined || !hasStarted(startsAt, now)) return request;
  return { ...request, status: "active", activatedAt: startsAt };
}

const hasStarted = (startsAt: string, now: Date) => Date.parse(startsAt) <= now.getTime();

/** When an open request expires (ISO 8601). Undefined for one that has ended. */
export function endOf({ status, pendingUntil, expiresAt }: Pick<Timed, "status" | "pendingUntil" | "expiresAt">) {
  if (status === "pending") return pendingUntil;
  return isGranted(status) ? expiresAt : undefined;
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

export type OpenStatus = Extract<AccessRequestStatus, "pending" | "scheduled" | "active">;

export const isOpen = (status: AccessRequestStatus): status is OpenStatus => status === "pending" || isGranted(status);

/** Whether it has been approved, and gives access at some time. */
export const isGranted = (status: AccessRequestStatus): status is "scheduled" | "active" =>
  status === "scheduled" || status === "active";
