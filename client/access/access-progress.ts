import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { visible } from "../terminal/terminal.ts";
import { showDuration } from "./duration.ts";

interface Moment {
  /** Left out: the line says nothing that changes by itself, for a log that gets a line for each change. */
  readonly now?: Date | undefined;
  /** Whether the last look at the request has failed. */
  readonly isOutOfTouch: boolean;
}

/** The line that says what a pending request waits for: who has approved, and for how long it is pending. */
export function accessProgress(request: AccessRequestResponse, { now, isOutOfTouch }: Moment): string {
  const approvers = request.reviews.filter(({ decision }) => decision === "approve").map(({ reviewer }) => reviewer);
  const missing = Math.max(1, request.requirements.approvals - approvers.length);
  const more = approvers.length === 0 ? "" : " more";
  return [
    ...(approvers.length === 0 ? [] : [`approved by ${approvers.map(visible).join(", ")}`]),
    `waiting for ${missing}${more} approval${missing === 1 ? "" : "s"}`,
    ...(now === undefined ? [] : [times(request, now)]),
    ...(isOutOfTouch ? ["Latchkey does not answer, trying again"] : []),
  ].join(" · ");
}

function times({ createdAt, pendingUntil }: AccessRequestResponse, now: Date): string {
  const pending = (now.getTime() - Date.parse(createdAt)) / 1000;
  const left = (Date.parse(pendingUntil) - now.getTime()) / 1000;
  return `for ${showDuration(pending)}, ${showDuration(left)} left`;
}
