import type { Caller } from "../../contract/caller.ts";
import { showDuration } from "../../contract/duration.ts";
import { missingInReason } from "../../contract/reason-pattern.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { type Circumstances, mayConnect, mayDelegate, mayRequest, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { type ProspectiveAccess, requirementsToRequest } from "../policy/requirements.ts";
import { routeOptions } from "../resolve/route-options.ts";
import type { Instance } from "../shared/instance.ts";
import { type PossibleGroups, personsNamed } from "../shared/people.ts";
import { Problem } from "../shared/problem.ts";
import type { ScopeKind } from "../shared/scope.ts";
import { epochSeconds } from "../shared/time.ts";

/** The access that a caller asks for. */
export interface ProposedAccess {
  readonly caller: Caller;
  readonly subject: string;
  readonly osUser: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
}

/** What it is evaluated on. */
interface Situation extends Circumstances {
  /** Of a scope of tags: one that has exactly these tags. Then the evaluation is advice. */
  readonly instance: Instance;
  readonly scope: ScopeKind;
  /** The groups that another subject could come with: they are not known until the subject calls. */
  readonly possibleGroups: PossibleGroups;
  /** When access has to be extended from: its end so far. Left out: access starts at `time`. */
  readonly extends?: Date | undefined;
  /** Seconds until scheduled access starts: `time` is that of its start. Left out: it is not scheduled. */
  readonly startsIn?: number | undefined;
}

/** The policy's terms for an access request that the caller may make. */
export interface AccessEvaluation {
  readonly requirements: Requirements;
  /** How long it can wait for reviews. */
  readonly pendingTimeoutSeconds: number;
  /** How long it may last with all its extensions. */
  readonly maxTotalSeconds: number;
  /** The ids of the policies that let the caller ask. */
  readonly policies: readonly string[];
}

/**
 * Evaluates whether the caller may ask for this access, and what is required before the subject can connect under it.
 *
 * @throws Problem `access-denied` if the caller may not ask, if no approval would let the subject connect, or if the duration
 *   or the reason is not what policy permits.
 */
export function evaluateAccessRequest(
  policy: PolicyEngine,
  { caller, subject, osUser, durationSeconds, reason, breakGlass }: ProposedAccess,
  { instance, scope, time, sourceIp, possibleGroups, extends: endSoFar, startsIn }: Situation,
): AccessEvaluation {
  const isOwn = subject === caller.id;
  const circumstances = { time, sourceIp };
  const { allowed, policies } = isOwn
    ? mayRequest(policy, caller, instance, { scope, osUser, breakGlass, durationSeconds, ...circumstances })
    : mayDelegate(policy, caller, instance, { scope, osUser, subject, durationSeconds, ...circumstances });
  if (!allowed) throw new Problem("access-denied");

  const start = endSoFar ? epochSeconds(endSoFar) : time.epoch;
  const access: ProspectiveAccess = { scope, reason, expiresAt: start + durationSeconds };
  // A person who may not view the instance cannot connect to it, with any approval.
  const persons = isOwn
    ? [caller]
    : personsNamed(subject, possibleGroups).filter((person) => mayView(policy, person, instance));
  const requirements = breakGlass
    ? requirementsOfBreakGlass(policy, caller, { instance, osUser, ...circumstances }, access)
    : requirementsToRequest(policy, persons, instance, {
        contexts: routeOptions(instance, osUser)
          // A serial console is neither extended nor scheduled.
          .filter(({ connectionType }) => (!endSoFar && startsIn === undefined) || connectionType !== "serial")
          .map((route) => ({ osUser, ...circumstances, ...route })),
        access,
      });
  if (!requirements) {
    throw new Problem("access-denied", { detail: "Policy would deny the connection even with every approval." });
  }
  const bounds = policy.boundsOf(policies, startsIn);
  const { maxDurationSeconds, maxTotalSeconds, pendingTimeoutSeconds } = bounds;
  const longest = Math.min(maxDurationSeconds, maxTotalSeconds);
  if (durationSeconds > longest) {
    const most = showDuration(longest);
    throw new Problem("access-denied", { detail: `Policy permits access for at most ${most}.` });
  }
  const missing = missingInReason(reason, bounds);
  if (missing !== undefined)
    throw new Problem("access-denied", { detail: `Policy requires ${missing} in the reason.` });
  return { requirements, pendingTimeoutSeconds, maxTotalSeconds, policies };
}

/** Nobody approves break-glass: policy permits the connection without approvals, or never. */
function requirementsOfBreakGlass(
  policy: PolicyEngine,
  caller: Caller,
  { instance, ...context }: Circumstances & { readonly instance: Instance; readonly osUser: string },
  proposed: ProspectiveAccess,
): Requirements | undefined {
  const permits = (reason: string) => {
    const access = { ...proposed, reason, approvals: 0, breakGlass: true };
    return routeOptions(instance, context.osUser).some(
      (route) => mayConnect(policy, caller, instance, { ...context, ...route, access }).allowed,
    );
  };
  return permits(proposed.reason) ? { approvals: 0, reason: !permits("") } : undefined;
}
