import { showDuration } from "../../contract/duration.ts";
import { missingApprovals } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";

interface Moment {
  /** Left out: the line says nothing that changes by itself, for a log that gets a line for each change. */
  readonly now?: Date | undefined;
  /** Whether the last attempt to read the request failed. */
  readonly isUnreachable: boolean;
}

/** The line that says what a pending request waits for, who has approved it, and when it expires. */
export function accessProgress(request: AccessRequest, { now, isUnreachable }: Moment): string {
  const approvers = request.reviews.filter(({ decision }) => decision === "approve").map(({ reviewer }) => reviewer);
  const missing = missingApprovals(request);
  const more = approvers.length === 0 ? "" : " more";
  return [
    ...(approvers.length === 0 ? [] : [`Approved by ${approvers.map(visible).join(", ")}. `]),
    `Waiting for ${missing}${more} approval${missing === 1 ? "" : "s"}`,
    ...(now === undefined ? [] : [` (${times(request, now)})`]),
    ...(isUnreachable ? [". Latchkey does not respond, trying again"] : []),
  ].join("");
}

function times({ createdAt, pendingUntil }: AccessRequest, now: Date): string {
  const pending = (now.getTime() - Date.parse(createdAt)) / 1000;
  const left = (Date.parse(pendingUntil) - now.getTime()) / 1000;
  return `${showDuration(pending)}; expires in ${showDuration(left)}`;
}
