import type * as z from "zod";
import type { accessRequestBody } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { mayConnect, mayDelegate, mayRequest } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { type ProspectiveAccess, requirementsToRequest } from "../policy/requirements.ts";
import { routeOptions } from "../resolve/route-options.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";

/** What policy says of a requested for access that it lets the caller have. */
export interface Evaluation {
  readonly requirements: Requirements;
  /** How long it may wait for its reviews. */
  readonly pendingTimeoutSeconds: number;
  /** The ids of the policies that let the caller ask. */
  readonly policies: readonly string[];
}

/**
 * Asks policy whether the caller may ask for such access, and what it would take until the subject can connect by it.
 *
 * @param subject who would get access, perhaps the caller.
 * @param personRoles the roles under which another subject may come: they are not known before they do.
 * @throws Problem `access-denied` where the caller may not ask, where nothing would let the subject connect, and where the
 *   access is wanted for longer than policy lets.
 */
export function evaluateAccessRequest(
  policy: PolicyEngine,
  caller: Caller,
  instance: Instance,
  subject: string,
  { osUser, durationSeconds, reason, breakGlass }: z.output<typeof accessRequestBody>,
  time: PolicyTime,
  personRoles: ReadonlySet<string>,
): Evaluation {
  const isOwn = subject === caller.id;
  const { allowed, policies } = isOwn
    ? mayRequest(policy, caller, instance, { osUser, breakGlass, durationSeconds, time })
    : mayDelegate(policy, caller, instance, { osUser, subject, durationSeconds, time });
  if (!allowed) throw new Problem("access-denied");

  const access: ProspectiveAccess = { reason, expiresAt: time.epoch + durationSeconds };
  const requirements = breakGlass
    ? requirementsOfEmergency(policy, caller, instance, { osUser, time }, access)
    : requirementsToRequest(policy, isOwn ? [caller] : personsNamed(subject, personRoles), instance, {
        contexts: routeOptions(instance, osUser).map((route) => ({ osUser, time, ...route })),
        access,
      });
  if (!requirements) {
    throw new Problem("access-denied", { detail: "Policy would not permit the connection, whoever approved it." });
  }
  const { maxDurationSeconds, pendingTimeoutSeconds } = policy.boundsOf(policies);
  if (durationSeconds > maxDurationSeconds) {
    throw new Problem("access-denied", { detail: `Policy permits access for ${maxDurationSeconds} seconds at most.` });
  }
  return { requirements, pendingTimeoutSeconds, policies };
}

/** Break-glass waits for nobody: either policy lets it connect as it is, or it is of no use. */
function requirementsOfEmergency(
  policy: PolicyEngine,
  caller: Caller,
  instance: Instance,
  context: { readonly osUser: string; readonly time: PolicyTime },
  wished: ProspectiveAccess,
): Requirements | undefined {
  const permits = (reason: string) => {
    const access = { ...wished, reason, approvals: 0, breakGlass: true };
    return routeOptions(instance, context.osUser).some(
      (route) => mayConnect(policy, caller, instance, { ...context, ...route, access }).allowed,
    );
  };
  return permits(wished.reason) ? { approvals: 0, reason: !permits("") } : undefined;
}

/** The subject as they may come, under one role each. */
function personsNamed(id: string, roles: ReadonlySet<string>): Caller[] {
  return [...roles].map((role) => ({ id, kind: "person", groups: [role], frontDoor: "iam" }));
}
