import type { Caller } from "../../contract/caller.ts";
import type { AccessRequest } from "../access/access-request.ts";
import { statusAt } from "../access/status.ts";
import { type ConnectContext, mayConnect } from "../policy/authorize.ts";
import type { PolicyEngine, Verdict } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import { isTagScope } from "../shared/scope.ts";
import {
  type Approvals,
  accessInPolicy,
  approvalsOn,
  type CoveringAccess,
  grantedAccesses,
  type Reviewers,
  withoutExtensions,
} from "./covering-access.ts";

/** A connection for policy to evaluate. */
export interface ProposedConnection {
  readonly caller: Caller;
  readonly instance: Instance;
  readonly context: Omit<ConnectContext, "access">;
  readonly now: Date;
}

/** The access that may help. */
interface KnownAccess {
  /** In any status. */
  readonly accessRequests: readonly AccessRequest[];
  readonly reviewers: Reviewers;
  readonly scopeTags: readonly string[];
}

/** What policy says of a connection. */
export interface EvaluatedConnection {
  readonly verdict: Verdict;
  /** The access request that it was evaluated with. Undefined: none. */
  readonly access?: CoveringAccess | undefined;
  /** All that were tried, in their order. */
  readonly tried: readonly TriedAccess[];
  /** Access that starts later. */
  readonly scheduled: readonly CoveringAccess[];
}

/** An access request that policy was evaluated with. */
export interface TriedAccess {
  readonly request: CoveringAccess;
  /** Those that count on the instance. */
  readonly approvals: Approvals;
  readonly verdict: Verdict;
}

/** Evaluates a connection by itself, then with one active access request after the other until policy permits it. */
export function evaluateConnection(
  policy: PolicyEngine,
  { caller, instance, context, now }: ProposedConnection,
  { accessRequests, reviewers, scopeTags }: KnownAccess,
): EvaluatedConnection {
  const byItself = mayConnect(policy, caller, instance, context);
  // A caller who needs no access is not bound by it: others can ask for it in the caller's name, and let it end.
  if (byItself.allowed) return { verdict: byItself, tried: [], scheduled: [] };

  const isSerial = context.connectionType === "serial";
  const covered = { subject: caller.id, instance, osUser: context.osUser, now };
  // A console goes around what tags say of a network, and nobody plans to need one.
  const granted = grantedAccesses(accessRequests, covered, { policy, scopeTags }).filter(
    ({ scope, startsAt }) => !isSerial || (!isTagScope(scope) && startsAt === undefined),
  );
  const isActive = (request: CoveringAccess) => statusAt(request, now) === "active";
  const covering = granted.filter(isActive).flatMap((each) => (isSerial ? (withoutExtensions(each, now) ?? []) : each));

  const tried: TriedAccess[] = [];
  for (const request of covering) {
    // Approvals of several are never added.
    const approvals = approvalsOn(policy, instance, request, reviewers);
    const access = accessInPolicy(request, approvals);
    const verdict = mayConnect(policy, caller, instance, { ...context, access });
    tried.push({ request, approvals, verdict });
    if (verdict.allowed) break;
  }
  // Of several that do not help, the first is named.
  const chosen = tried.find(({ verdict }) => verdict.allowed) ?? tried[0];
  const scheduled = granted.filter((request) => !isActive(request));
  return { verdict: chosen?.verdict ?? byItself, access: chosen?.request, tried, scheduled };
}
