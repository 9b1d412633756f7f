import type { AccessRequest } from "../../../sdk/types.ts";

/** Alice's pending request for prod-1, changed as a test needs it. */
export function requestOf(other: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: "ar-0123",
    status: "pending",
    subject: "alice",
    requestedBy: "alice",
    scope: { instanceId: "i-0900000000000000d" },
    instanceId: "i-0900000000000000d",
    osUser: "ec2-user",
    durationSeconds: 3600,
    reason: "The disk is full",
    breakGlass: false,
    requirements: { approvals: 1, reason: true },
    reviews: [],
    createdAt: "2026-03-01T12:00:00.000Z",
    updatedAt: "2026-03-01T12:00:00.000Z",
    pendingUntil: "2026-03-01T13:00:00.000Z",
    ...other,
  };
}

export const activeRequest = requestOf({
  status: "active",
  reviews: [{ reviewer: "bob", decision: "approve", at: "2026-03-01T12:05:00.000Z" }],
  activatedAt: "2026-03-01T12:05:00.000Z",
  expiresAt: "2026-03-01T13:05:00.000Z",
});
