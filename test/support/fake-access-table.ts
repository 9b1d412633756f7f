import type { AccessRequest, AccessTarget } from "../../lambda/access/access-request.ts";
import { accessTargetIdOf } from "../../lambda/access/access-target.ts";
import { isGranted } from "../../lambda/access/status.ts";
import type { InstanceKey } from "../../lambda/shared/instance.ts";
import { instanceIn, isTagScope } from "../../lambda/shared/scope.ts";
import { place } from "./samples.ts";

/** The newest access request of each access target and slot, as connections read it. */
export class FakeAccessTable {
  readonly #current = new Map<string, AccessRequest>();

  constructor(requests: readonly AccessRequest[]) {
    for (const request of requests) this.put(request);
  }

  /** Replaces the access request of the target, or of its slot. */
  put(request: AccessRequest, accessTarget?: AccessTarget): void {
    this.#current.set(accessTarget ? accessTargetIdOf(accessTarget) : keyOf(request), request);
  }

  /** All that are for tags, of every subject: connections must tell. */
  readSlots(): readonly AccessRequest[] {
    return [...this.#current.values()].filter(({ scope }) => isTagScope(scope));
  }

  /** The current and the scheduled one. */
  readAll(accessTarget: AccessTarget): readonly AccessRequest[] {
    return [false, true].flatMap(
      (isScheduled) => this.#current.get(accessTargetIdOf(accessTarget, { isScheduled })) ?? [],
    );
  }

  read(of: AccessTarget | AccessRequest): AccessRequest | undefined {
    return this.#current.get("scope" in of ? keyOf(of) : accessTargetIdOf(of));
  }

  /** Has the condition of the real write. A later `pushBy` stays. */
  reserve(request: AccessRequest, pushBy: Date, now: Date): AccessRequest | undefined {
    const stored = this.read(request);
    if (stored?.id !== request.id || !isGranted(stored.status)) return undefined;
    if (stored.startsAt !== undefined && stored.startsAt > now.toISOString()) return undefined;
    if (stored.expiresAt === undefined || stored.expiresAt <= now.toISOString()) return undefined;
    const latest = [stored.pushBy ?? "", pushBy.toISOString()].sort().at(-1);
    const reserved = { ...stored, pushBy: latest };
    this.put(reserved);
    return reserved;
  }
}

/** A slot is known by the id of its request. */
const keyOf = (request: AccessRequest) =>
  isTagScope(request.scope)
    ? request.id
    : accessTargetIdOf(targetOf(request), { isScheduled: request.startsAt !== undefined });

/** alice's access to web-1 as ec2-user: she requested it, bob approved it, and it is active for an hour. */
export function activeAccess(changes: AccessChanges = {}): AccessRequest {
  const request: AccessRequest = {
    id: "ar-0123456789abcdef0123456789abcdef-0123456789ab",
    subject: "alice",
    requestedBy: "alice",
    scope: { ...place, instanceId: "i-0123456789abcdef0" },
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
  };
  return withChanges(request, changes);
}

/** Those of the instance are changes of the scope. */
export type AccessChanges = Partial<AccessRequest> & Partial<InstanceKey>;

export function withChanges(request: AccessRequest, changes: AccessChanges): AccessRequest {
  const { accountId, region, instanceId, ...others } = changes;
  const own = targetOf(request);
  const scope = {
    accountId: accountId ?? own.accountId,
    region: region ?? own.region,
    instanceId: instanceId ?? own.instanceId,
  };
  return { ...request, scope, ...others };
}

/** The access target of a request for one instance. */
export function targetOf({ subject, osUser, scope }: AccessRequest): AccessTarget {
  const instance = instanceIn(scope);
  if (!instance) throw new Error("The request is for no single instance");
  return { subject, osUser, ...instance };
}
