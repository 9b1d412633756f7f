import { approvalsOf, missingApprovals } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { showDuration } from "../ui/duration.ts";
import type { Tone } from "../ui/tone.ts";
import { hasPendingExtension } from "./request-acts.ts";

type Review = AccessRequest["reviews"][number];
type Extension = NonNullable<AccessRequest["extension"]>;

const tones: Readonly<Record<string, Tone>> = {
  pending: "waiting",
  scheduled: "waiting",
  active: "good",
  approved: "good",
  denied: "bad",
  revoked: "bad",
};

/** A status as a word and a tone. One that is newer than the console is shown as it is. */
export function stateOf({ status }: Pick<AccessRequest | Extension, "status">): { tone: Tone; word: string } {
  const tone = Object.hasOwn(tones, status) ? tones[status] : undefined;
  return { tone: tone ?? "neutral", word: status.charAt(0).toUpperCase() + status.slice(1) };
}

/** How a request stands, in a sentence or two that hold until it changes. @param isOwn whether the reader is its subject */
export function standingWords(request: AccessRequest, isOwn: boolean): string {
  const { status, reviews, expiresAt, isEndedBySuspension, breakGlass } = request;
  if (isEndedBySuspension) return "A suspension ended it.";
  switch (status) {
    case "pending":
      return `Waiting for ${approvalWords(request)}.`;
    case "scheduled":
      return "Approved, and not started yet.";
    case "active":
      if (request.extension && hasPendingExtension(request)) {
        return `More time waits for ${approvalWords(request.extension)}.`;
      }
      return breakGlass ? "Taken by break-glass, without review." : `${isOwn ? "You" : request.subject} can connect.`;
    case "denied": {
      const denial = reviews.find(({ decision }) => decision === "deny");
      return `Denied${denial ? ` by ${denial.reviewer}` : ""}. A new request is evaluated separately.`;
    }
    case "cancelled":
      return "It was withdrawn.";
    case "revoked":
      return "Access was ended early.";
    case "expired":
      if (expiresAt !== undefined) return "Access has ended.";
      return "Nobody completed the review in time. Ask again, and tell a reviewer.";
    default:
      return "This console does not know its status. It gives no access here.";
  }
}

/** `2 more approvals` */
function approvalWords(reviewed: Pick<AccessRequest | Extension, "reviews" | "requirements">): string {
  const missing = missingApprovals(reviewed);
  return `${missing}${approvalsOf(reviewed) > 0 ? " more" : ""} approval${missing === 1 ? "" : "s"}`;
}

/** `1 of 2` */
export const approvalCount = (reviewed: Pick<AccessRequest | Extension, "reviews" | "requirements">): string =>
  `${approvalsOf(reviewed)} of ${reviewed.requirements.approvals}`;

/** What somebody did: `approved, for 30 min at most`. A decision that is newer than the console is shown as it is. */
export function reviewWords({ decision, durationSeconds }: Review): string {
  const verb = decision === "approve" ? "approved" : decision === "deny" ? "denied" : decision;
  return durationSeconds === undefined ? verb : `${verb}, for ${showDuration(durationSeconds)} at most`;
}

/** What a review has come to. @param isOfExtension whether it was of an extension @param request as it is afterwards */
export function outcomeWords(decision: "approve" | "deny", isOfExtension: boolean, request: AccessRequest): string {
  const { status, subject, extension } = request;
  if (decision === "deny")
    return isOfExtension ? "Denied: access ends as before." : `Denied: ${subject} gets no access.`;
  const missing = isOfExtension && extension?.status === "pending" ? extension : request;
  if (missing.status === "pending") return `Approved: it needs ${approvalWords(missing)}.`;
  if (isOfExtension) return "Approved: access ends later.";
  return `Approved: ${subject} ${status === "scheduled" ? "will have" : "has"} access.`;
}

/** How long access lasts: `30 min`, or `30 min of 1 h` if a reviewer shortened it. */
export function lengthWords({
  durationSeconds,
  grantedSeconds = durationSeconds,
}: Pick<AccessRequest | Extension, "durationSeconds" | "grantedSeconds">): string {
  const asked = showDuration(durationSeconds);
  return grantedSeconds < durationSeconds ? `${showDuration(grantedSeconds)} of the ${asked} asked for` : asked;
}

/** When access ends or has ended. Revoked access has ended with its last change. */
export const endOf = ({ status, updatedAt, expiresAt }: AccessRequest): string | undefined =>
  status === "revoked" ? updatedAt : expiresAt;

/** What time does next to an open request, and when. Undefined for one that has ended. */
export function nextOf(request: AccessRequest): { readonly label: string; readonly at: string } | undefined {
  const { status, pendingUntil, startsAt, expiresAt } = request;
  if (status === "pending") return { label: "Reviews close in", at: pendingUntil };
  if (status === "scheduled" && startsAt !== undefined) return { label: "Starts in", at: startsAt };
  return status === "active" && expiresAt !== undefined ? { label: "Ends in", at: expiresAt } : undefined;
}
