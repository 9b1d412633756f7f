import type { AccessRequest } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";
import { showDuration } from "./duration.ts";

type Review = AccessRequest["reviews"][number];

/** A time of the API's, for people and in UTC as everything else: `2026-03-01 14:05 UTC`. */
export function showTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** `approved by bob: "fine"` */
export function reviewWords({ reviewer, decision, comment }: Review): string {
  const verbs: Readonly<Record<string, string>> = { approve: "approved", deny: "denied" };
  const verb = Object.hasOwn(verbs, decision) ? verbs[decision] : visible(decision);
  return `${verb} by ${visible(reviewer)}${comment === undefined ? "" : `: "${visible(comment)}"`}`;
}

/** What a reviewer has to know of a request before their word: a line for each thing. */
export function requestLines(request: AccessRequest, instanceName?: string): string[] {
  const name = instanceName === undefined ? "" : ` (${visible(instanceName)})`;
  const approvals = request.reviews.filter(({ decision }) => decision === "approve").length;
  return [
    `${visible(request.subject)} asks for access to ${request.instanceId}${name} as ${visible(request.osUser)}`,
    ...(request.requestedBy === request.subject ? [] : [`asked for by ${visible(request.requestedBy)}`]),
    `reason: ${visible(request.reason)}`,
    `for ${showDuration(request.durationSeconds)}, from the approval that completes it`,
    ...(request.breakGlass ? ["taken by break-glass, without review"] : []),
    `approvals: ${approvals} of ${request.requirements.approvals}`,
    ...request.reviews.map(reviewWords),
    request.status === "pending"
      ? `pending since ${showTime(request.createdAt)}, until ${showTime(request.pendingUntil)}`
      : `status: ${visible(request.status)}`,
  ];
}
