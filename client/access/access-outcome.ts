import type { AccessRequest } from "../../sdk/types.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import { visible } from "../terminal/terminal.ts";
import { reviewWords } from "./request-words.ts";

/**
 * The outcome of a request that is no longer pending.
 *
 * @returns the request if it is active or scheduled.
 * @throws Failure `noPermission` if it was denied, cancelled or revoked, `tryAgain` if nobody reviewed it in time.
 */
export function grantedAccess(request: AccessRequest): AccessRequest {
  const { status, reviews, expiresAt, pendingUntil } = request;
  if (status === "active" || status === "scheduled") return request;
  if (status === "expired" && expiresAt === undefined) {
    throw new Failure(`nobody has completed the review by ${showTime(pendingUntil)}, so the request has expired`, {
      exitCode: exitCodes.tryAgain,
      hint: "ask again, and tell a reviewer",
    });
  }
  const denial = reviews.find(({ decision }) => decision === "deny");
  throw new Failure(refusal(request, denial), {
    exitCode: exitCodes.noPermission,
    hint:
      status === "denied"
        ? "talk to the reviewer; a new request is evaluated separately"
        : "a new request is evaluated separately",
  });
}

function refusal(
  { status, expiresAt, isEndedBySuspension }: AccessRequest,
  denial: AccessRequest["reviews"][number] | undefined,
) {
  if (status === "denied")
    return denial === undefined ? "the request was denied" : `the request was ${reviewWords(denial)}`;
  if (status === "expired") return `access ended at ${showTime(expiresAt ?? "")}`;
  if (isEndedBySuspension) return "a suspension ended the request";
  if (status === "revoked") return "access was revoked";
  return status === "cancelled" ? "the request was cancelled" : `the request is ${visible(status)}`;
}
