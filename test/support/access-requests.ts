import type { AccessRequestStatus } from "../../contract/access-request.ts";
import type { AccessRequest } from "../../lambda/access/access-request.ts";
import type { Act, Change, Creation, Rejection } from "../../lambda/access/change.ts";
import { place } from "./samples.ts";

/** When alice's sample request was made. */
export const createdAt = new Date("2026-01-02T03:04:05.678Z");

/** A time in seconds, or fractions of one, after `createdAt`. */
export const later = (seconds: number) => new Date(createdAt.getTime() + Math.round(seconds * 1000));

/** Who acts, and when. */
export const act = (actor: string, at: Date = later(60), changes: Partial<Act> = {}): Act => ({
  actor,
  at,
  requestId: `request-of-${actor}`,
  policies: ["a-policy"],
  policyDigest: "sha256:test",
  ...changes,
});

/** chatbot requested it for alice: an hour on prod-1, two approvals, one of them by bob. */
const pending: AccessRequest = {
  id: "ar-0123456789abcdef0123456789abcdef-0123456789ab",
  status: "pending",
  subject: "alice",
  requestedBy: "111122223333/ChatBot",
  scope: { ...place, instanceId: "i-0900000000000000d" },
  osUser: "root",
  durationSeconds: 3600,
  reason: "INC-42: a disk is full",
  breakGlass: false,
  requirements: { approvals: 2, reason: true },
  reviews: [{ reviewer: "bob", decision: "approve", at: later(30).toISOString() }],
  createdAt: createdAt.toISOString(),
  pendingUntil: later(1800).toISOString(),
  sequence: 2,
};

const activated: AccessRequest = {
  ...pending,
  status: "active",
  reviews: [...pending.reviews, { reviewer: "erin", decision: "approve", at: later(40).toISOString() }],
  activatedAt: later(40).toISOString(),
  expiresAt: later(40 + 3600).toISOString(),
  sequence: 4,
};

const { activatedAt: _, ...unstarted } = activated;
const scheduled: AccessRequest = {
  ...unstarted,
  status: "scheduled",
  startsAt: later(7200).toISOString(),
  expiresAt: later(7200 + 3600).toISOString(),
};

const over = { endedAt: later(50).toISOString() };

/** One in each status. */
export const sample: Readonly<Record<AccessRequestStatus, AccessRequest>> = {
  pending,
  scheduled,
  active: activated,
  denied: { ...pending, ...over, status: "denied" },
  cancelled: { ...pending, ...over, status: "cancelled" },
  expired: { ...activated, ...over, status: "expired" },
  revoked: { ...activated, ...over, status: "revoked" },
  unknown: { ...activated, status: "unknown" },
};

/** The change, if the transition was not rejected. */
export function taken<Taken extends Creation | Change>(outcome: Taken | Rejection): Taken {
  if ("rejection" in outcome) throw new Error(`It was rejected: ${outcome.rejection}`);
  return outcome;
}
