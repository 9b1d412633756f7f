import { isDeepStrictEqual } from "node:util";
import type { Caller } from "../../contract/caller.ts";
import type { AccessRequest, Review } from "../access/access-request.ts";
import { countedReviews } from "../access/extension.ts";
import { grantedSecondsOf } from "../access/granted-seconds.ts";
import { approvalsOf, integrationsOf, isGranted, statusAt } from "../access/status.ts";
import { type Access, mayReview, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { hasScopeKeys } from "../policy/scope-keys.ts";
import type { Instance } from "../shared/instance.ts";
import { isInScope, isTagScope, scopeKind } from "../shared/scope.ts";
import { epochSeconds, secondsAfter } from "../shared/time.ts";

/** An access request that has been approved, so that its expiry is known. */
export type CoveringAccess = AccessRequest & { readonly expiresAt: string };

/** The connection that access is looked for. */
export interface Covered {
  readonly subject: string;
  /** Live: all its tags count. */
  readonly instance: Instance;
  readonly osUser: string;
  readonly now: Date;
}

/** What tells which scopes of tags cover anything. */
interface ScopeRules {
  readonly policy: Pick<PolicyEngine, "tagKeys">;
  readonly scopeTags: readonly string[];
}

/** Those of the granted access requests under which a connection can be made now: they have started. */
export function coveringAccesses(
  stored: readonly AccessRequest[],
  covered: Covered,
  rules: ScopeRules,
): readonly CoveringAccess[] {
  return grantedAccesses(stored, covered, rules).filter((request) => statusAt(request, covered.now) === "active");
}

/**
 * The access requests that cover a connection, now or once they start: each is for exactly this subject and OS user,
 * approved, not expired, and has the instance in its scope. They are compared field by field: their keys in the table
 * prove nothing. That for this instance alone comes first, then those of tags, the latest end first.
 *
 * @param stored in any status.
 */
export function grantedAccesses(
  stored: readonly AccessRequest[],
  { subject, instance, osUser, now }: Covered,
  { policy, scopeTags }: ScopeRules,
): readonly CoveringAccess[] {
  return stored
    .flatMap((request) => {
      const { expiresAt, scope } = request;
      const covers =
        expiresAt !== undefined &&
        isGranted(statusAt(request, now)) &&
        request.subject === subject &&
        request.osUser === osUser &&
        isInScope(scope, instance) &&
        // An emergency is on one instance.
        !(isTagScope(scope) && request.breakGlass) &&
        hasScopeKeys(policy, scopeTags, scope);
      return covers ? [{ ...request, expiresAt }] : [];
    })
    .sort(byPrecedence);
}

function byPrecedence(one: CoveringAccess, other: CoveringAccess): number {
  const [own, others] = [one, other].map(({ scope }) => Number(isTagScope(scope)));
  return (own ?? 0) - (others ?? 0) || Date.parse(other.expiresAt) - Date.parse(one.expiresAt);
}

/** The reviewers who are not calling, by id: those who are known, and may act. */
export type Reviewers = ReadonlyMap<string, Caller>;

/** Those of people, by their number, and of integrations. */
export type Approvals = Required<Pick<Access, "approvals" | "integrations">>;

/**
 * The approvals of a request that count on an instance: of those that approved the end that it has. Those of a scope of
 * tags count if the reviewer, as they were then and as they are known now, may see the instance and review there.
 */
export function approvalsOn(
  policy: PolicyEngine,
  instance: Instance,
  request: AccessRequest,
  reviewers: Reviewers,
): Approvals {
  const reviews = countedReviews(request);
  const isCounted = (review: Review) => !isTagScope(request.scope) || counts(policy, instance, review, reviewers);
  const counted = reviews.filter(isCounted);
  return { approvals: approvalsOf(counted), integrations: integrationsOf(counted) };
}

function counts(policy: PolicyEngine, instance: Instance, review: Review, reviewers: Reviewers) {
  const { decision, basis, reviewer: id, integration } = review;
  // Nothing but settings changes a machine's groups, so those of then are known.
  const machine = basis && { id, ...basis, groups: [...basis.groups], frontDoor: "iam" as const, sources: [] };
  const known = integration === undefined ? reviewers.get(id) : machine;
  if (decision !== "approve" || !basis || !known || known.kind !== basis.kind) return false;
  const then = { ...known, groups: [...basis.groups] };
  const isAsThen = isDeepStrictEqual(then.groups.toSorted(), known.groups.toSorted());
  return (isAsThen ? [known] : [then, known]).every(
    (reviewer) => mayView(policy, reviewer, instance) && mayReview(policy, reviewer, instance, basis.context).allowed,
  );
}

/**
 * The access as it was before any extension. A serial console is not extended: it ends when access would have ended.
 *
 * @returns undefined if it has ended.
 */
export function withoutExtensions(access: CoveringAccess, now: Date): CoveringAccess | undefined {
  const { activatedAt, extendedBy, ...request } = access;
  if (!extendedBy) return access;
  if (activatedAt === undefined) return undefined;
  const end = secondsAfter(new Date(activatedAt), grantedSecondsOf(access));
  return now < end ? { ...request, activatedAt, expiresAt: end.toISOString() } : undefined;
}

/** The access as policies see it. @param approvals those that count on the instance. */
export function accessInPolicy(
  { scope, breakGlass, reason, expiresAt }: CoveringAccess,
  { approvals, integrations }: Approvals,
): Access {
  return {
    scope: scopeKind(scope),
    approvals,
    integrations,
    breakGlass,
    reason,
    expiresAt: epochSeconds(new Date(expiresAt)),
  };
}
