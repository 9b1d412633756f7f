import type { AccessRequest } from "../access/access-request.ts";
import { withoutSuspended } from "../access/suspension.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { knownPersons } from "../shared/people.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Situation } from "./assess.ts";
import { type Covered, grantedAccesses } from "./covering-access.ts";
import type { AccessLedger, ScopeSettings } from "./ports.ts";

/** What the first round trip has read. */
interface StoredAccess {
  readonly policy: PolicyEngine;
  /** Those for this instance alone. */
  readonly own: readonly AccessRequest[];
  readonly slots: readonly AccessRequest[];
  readonly covered: Covered;
}

/**
 * The access requests that a connection may be made under, with their reviewers. Only if one for tags covers the
 * connection, now or once it starts, its parties are read: what a suspended party did does not count.
 *
 * @throws Problem as the port does.
 */
export async function readAccess(
  access: Pick<AccessLedger, "readParties">,
  { scopeTags, rememberedFor }: ScopeSettings,
  { policy, own, slots, covered }: StoredAccess,
  { clock, deadline: { signal } }: Pick<RequestContext, "clock" | "deadline">,
): Promise<Pick<Situation, "accessRequests" | "reviewers" | "isSuspended">> {
  const covering = grantedAccesses(slots, covered, { policy, scopeTags });
  if (covering.length === 0) return { accessRequests: own, reviewers: new Map(), isSuspended: false };
  const { people, suspensions } = await access.readParties(covering, signal);
  const counted = covering.flatMap((request) => withoutSuspended(request, suspensions) ?? []);
  return {
    accessRequests: [...own, ...counted],
    reviewers: knownPersons(people, clock(), rememberedFor),
    // Their subject is one of the parties.
    isSuspended: suspensions.get(covered.subject)?.isSuspended ?? false,
  };
}
