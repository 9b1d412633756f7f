import type { AccessRequest } from "./access-request.ts";

/** Seconds that access lasts: what was asked for, or the least that an approval shortened it to. */
export function grantedSecondsOf({ durationSeconds, reviews }: Pick<AccessRequest, "durationSeconds" | "reviews">) {
  return Math.min(durationSeconds, ...reviews.map((review) => review.durationSeconds ?? durationSeconds));
}
