import type { AccessRequest, AccessTarget } from "../../lambda/access/access-request.ts";
import { accessTargetIdOf } from "../../lambda/access/access-target.ts";

/** The newest access request of each accessTarget, as connections meet them. */
export class FakeAccessTable {
  readonly #current = new Map<string, AccessRequest>();

  constructor(requests: readonly AccessRequest[]) {
    for (const request of requests) this.put(request);
  }

  /** Takes the place of whatever the accessTarget had. */
  put(request: AccessRequest, accessTarget: AccessTarget = request): void {
    this.#current.set(accessTargetIdOf(accessTarget), request);
  }

  read(accessTarget: AccessTarget): AccessRequest | undefined {
    return this.#current.get(accessTargetIdOf(accessTarget));
  }

  /** Under the condition of the real one; a later `pushBy` stays. */
  touch(request: AccessRequest, pushBy: Date, now: Date): AccessRequest | undefined {
    const stored = this.read(request);
    if (stored?.id !== request.id || stored.status !== "active") return undefined;
    if (stored.expiresAt === undefined || stored.expiresAt <= now.toISOString()) return undefined;
    const latest = [stored.pushBy ?? "", pushBy.toISOString()].sort().at(-1);
    const touched = { ...stored, pushBy: latest };
    this.put(touched);
    return touched;
  }
}

/** Alice's, for web-1 as ec2-user: asked for by herself, approved by bob, active for an hour. */
export function activeAccess(changes: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: "ar-0123456789abcdef0123456789abcdef-0123456789ab",
    subject: "alice",
    requestedBy: "alice",
    instanceId: "i-0123456789abcdef0",
    osUser: "ec2-user",
    status: "active",
    durationSeconds: 3600,
    reason: "INC-42: a disk is full",
    breakGlass: false,
    requirements: { approvals: 1, reason: true },
    reviews: [{ reviewer: "bob", decision: "approve", at: "2026-01-02T03:00:00.000Z" }],
    createdAt: "2026-01-02T02:59:00.000Z",
    pendingUntil: "2026-01-02T03:59:00.000Z",
    activatedAt: "2026-01-02T03:00:00.000Z",
    expiresAt: "2026-01-02T04:00:00.000Z",
    sequence: 3,
    ...changes,
  };
}
