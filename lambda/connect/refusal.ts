import type { ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { approvalsLeft } from "../access/transitions.ts";
import { mayConnect, mayRequest } from "../policy/authorize.ts";
import { reasonRulesOf } from "../policy/bounds.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { requirementsToConnect } from "../policy/requirements.ts";
import type { Instance } from "../shared/instance.ts";
import { isTagScope } from "../shared/scope.ts";
import { accessInPolicy, type CoveringAccess } from "./covering-access.ts";
import type { EvaluatedConnection, ProposedConnection, TriedAccess } from "./evaluate-connection.ts";

/** Why a valid request for a connection is refused. */
export type Refusal =
  | { readonly code: "approval-required"; readonly requirements: Requirements }
  | { readonly code: "access-denied" | "caller-suspended" }
  | { readonly code: "instance-not-running"; readonly detail?: string }
  | {
      readonly code: Extract<ProblemCode, "no-route-to-instance" | "endpoint-unavailable" | "not-covered-by-push-tag">;
      /** What is missing. */
      readonly detail: string;
    };

/**
 * Seconds of the access that requirements are searched with: the least that can be asked for. Policy bounds the end of
 * access from above, so if the shortest does not help, no other does.
 */
export const shortestAccess = 1;

/** What a connection lacks that policy denies; `access-denied` if no access request would help. */
export function denialOf(
  policy: PolicyEngine,
  connection: ProposedConnection,
  { tried, scheduled }: Pick<EvaluatedConnection, "tried" | "scheduled">,
): Refusal {
  const { caller, instance, context } = connection;
  const { osUser, time, sourceIp } = context;
  const access = { scope: "instance", reason: "", expiresAt: time.epoch + shortestAccess } as const;
  const requirements = requirementsToConnect(policy, caller, instance, { contexts: [context], access });
  if (!requirements) return { code: "access-denied" };
  const asking = { osUser, time, sourceIp, breakGlass: false, durationSeconds: shortestAccess };
  const { allowed, policies } = mayRequest(policy, caller, instance, { scope: "instance", ...asking });
  const rules = allowed ? reasonRulesOf(policy.boundsOf(policies)) : {};
  const further = tried.find((each) => wouldHelp(policy, connection, each))?.request.id;
  const next = nextOf(scheduled);
  const named = { ...(further !== undefined && { accessRequestId: further }), ...(next && { scheduled: next }) };
  return { code: "approval-required", requirements: { ...requirements, ...rules, ...named } };
}

/** Whether policy would permit the connection with more reviews of a request that still takes some. */
function wouldHelp(
  policy: PolicyEngine,
  { caller, instance, context, now }: ProposedConnection,
  { request, approvals: given }: TriedAccess,
): boolean {
  const left = isTagScope(request.scope) ? approvalsLeft(request, policy.mostApprovals, now) : 0;
  const more = Array.from({ length: Math.max(0, left) }, (_, index) => given.approvals + 1 + index);
  return more.some((approvals) => {
    const access = accessInPolicy(request, { ...given, approvals });
    return mayConnect(policy, caller, instance, { ...context, access }).allowed;
  });
}

/** The first to start, of requests that are scheduled. */
function nextOf(scheduled: readonly CoveringAccess[]): Requirements["scheduled"] {
  const starts = scheduled.flatMap(({ id, startsAt }) =>
    startsAt === undefined ? [] : [{ accessRequestId: id, startsAt }],
  );
  return starts.sort((one, other) => (one.startsAt < other.startsAt ? -1 : 1))[0];
}

const terminated = "The instance is terminated and cannot be started again. Its replacement has another id.";

/** What to do about each state, unless it is to start the instance. */
const notRunningDetails: Readonly<Record<string, string>> = {
  pending: "The instance is starting. Try again in a minute.",
  stopping: "The instance is stopping. Start it again once it has stopped.",
  "shutting-down": terminated,
  terminated,
};

export function notRunning({ state }: Instance): Refusal {
  const detail = notRunningDetails[state];
  return { code: "instance-not-running", ...(detail !== undefined && { detail }) };
}
