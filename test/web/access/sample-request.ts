import type { AccessRequest } from "../../../sdk/types.ts";

type Changes = Partial<AccessRequest>;
type Extension = NonNullable<AccessRequest["extension"]>;

/** alice's request for prod-1, which bob and everybody else on call can approve. */
export const sampleRequest = (changes: Changes = {}): AccessRequest => ({
  id: "ar-1",
  status: "pending",
  subject: "alice",
  requestedBy: "alice",
  scope: { instanceId: "i-0900000000000000d" },
  instanceId: "i-0900000000000000d",
  osUser: "ec2-user",
  durationSeconds: 3600,
  reason: "The disk is full",
  breakGlass: false,
  requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
  reviews: [],
  createdAt: "2026-03-01T12:00:00.000Z",
  updatedAt: "2026-03-01T12:00:00.000Z",
  pendingUntil: "2026-03-01T13:00:00.000Z",
  ...changes,
});

/** The same once it is approved. */
export const activeRequest = (changes: Changes = {}): AccessRequest =>
  sampleRequest({
    status: "active",
    reviews: [approval("bob")],
    activatedAt: "2026-03-01T12:05:00.000Z",
    expiresAt: "2026-03-01T13:05:00.000Z",
    grantedSeconds: 3600,
    ...changes,
  });

export const sampleExtension = (changes: Partial<Extension> = {}): Extension => ({
  id: "ex-1",
  status: "pending",
  requestedBy: "alice",
  durationSeconds: 1800,
  reason: "The restore is slow",
  requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
  reviews: [],
  createdAt: "2026-03-01T12:30:00.000Z",
  pendingUntil: "2026-03-01T13:05:00.000Z",
  ...changes,
});

export const approval = (reviewer: string): AccessRequest["reviews"][number] => ({
  reviewer,
  decision: "approve",
  at: "2026-03-01T12:05:00.000Z",
});

export const denial = (reviewer: string) => ({ ...approval(reviewer), decision: "deny" });
