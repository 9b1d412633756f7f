import type { Caller } from "../../contract/caller.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { AccessRequest } from "../access/access-request.ts";
import { statusAt } from "../access/status.ts";
import { approvalsLeft } from "../access/transitions.ts";
import { acceptedHostKeys, leastTrust } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import { type Access, type Circumstances, type ConnectContext, mayConnect, mayRequest } from "../policy/authorize.ts";
import { reasonRulesOf } from "../policy/bounds.ts";
import type { PolicyEngine, Verdict } from "../policy/engine.ts";
import { highTrust } from "../policy/host-key-trust.ts";
import { requirementsToConnect } from "../policy/requirements.ts";
import { type ConnectionOptions, effectiveType } from "../resolve/connection-options.ts";
import { defaultOsUser, namedOsUser } from "../resolve/os-user.ts";
import { type NetworkRoute, type ResolveSettings, resolve } from "../resolve/resolve.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";
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
import type { ScopeSettings } from "./ports.ts";
import { invalidOptions } from "./read-request.ts";

/** Why a valid request for a connection is refused. */
export type Refusal =
  | { readonly code: "approval-required"; readonly requirements: Requirements }
  | { readonly code: "access-denied" }
  | { readonly code: "instance-not-running"; readonly detail?: string }
  | {
      readonly code: Extract<ProblemCode, "no-route-to-instance" | "endpoint-unavailable" | "not-covered-by-push-tag">;
      /** What is missing. */
      readonly detail: string;
    };

/** What steps 5 to 7 find out about an instance that the caller may view. */
export interface Assessment {
  readonly instance: Instance;
  readonly osUser: string;
  /** The ids of the policies that decided. */
  readonly policies: readonly string[];
  /** The access request that policy was evaluated with. If the connection may be made, it is made under this request. */
  readonly access?: CoveringAccess;
  /** Undefined if the instance cannot be reached. */
  readonly route?: NetworkRoute;
  /** The first in the order of verdicts. Undefined: the connection may be made. */
  readonly refusal?: Refusal;
}

/** An assessment without a refusal. */
export type Decided = Assessment & { readonly route: NetworkRoute };

export interface Situation extends Circumstances {
  readonly caller: Caller;
  readonly instance: Instance;
  /** Undefined if the image's name does not matter, or is not known. */
  readonly imageName: string | undefined;
  readonly endpoints: readonly Endpoint[];
  /** All that are known of the instance, from every source. */
  readonly hostKeys: readonly StoredHostKey[];
  readonly options: ConnectionOptions;
  /** The newest access request for caller, instance and OS user, and those of the caller's slots, in any status. */
  readonly accessRequests: readonly AccessRequest[];
  /** Those of the requests' reviewers who are known. */
  readonly reviewers: Reviewers;
  /** The moment of the evaluation: policies see it as `time`. */
  readonly now: Date;
}

export interface AssessmentSettings extends ResolveSettings, Pick<ScopeSettings, "scopeTags"> {
  readonly defaultOsUser: string;
}

/** The OS user of a connection: the one that the options name, else the instance's default. */
export function osUserOf(
  { options, instance, imageName }: Pick<Situation, "options" | "instance" | "imageName">,
  settings: AssessmentSettings,
): string {
  return namedOsUser(options, instance.instanceId) ?? defaultOsUser(instance, imageName, settings.defaultOsUser);
}

/**
 * Steps 5 to 7, in the order of verdicts: how the instance is reached, whether the caller may connect to it, whether it is running
 * and reachable.
 *
 * @throws Problem `invalid-request` if the options do not fit the instance.
 */
export function assessConnection(policy: PolicyEngine, situation: Situation, settings: AssessmentSettings): Assessment {
  const { caller, instance, endpoints, hostKeys, options, now, time, sourceIp } = situation;
  const resolution = resolve(instance, endpoints, options, settings);
  const { route, unreachable } = { route: undefined, unreachable: undefined, ...resolution };
  if (unreachable?.code === "invalid-request") throw invalidOptions(unreachable);

  const osUser = osUserOf(situation, settings);
  const context: Omit<ConnectContext, "access"> = {
    osUser,
    ...routeContext(route, options, hostKeys),
    time,
    sourceIp,
  };
  const byItself = mayConnect(policy, caller, instance, context);
  const covered = { subject: caller.id, instance, osUser, now };
  // A caller who needs no access is not bound by it: others can ask for it in the caller's name, and let it end.
  const isSerial = context.connectionType === "serial";
  // A console goes around what tags say of a network, and nobody plans to need one.
  const granted = grantedAccesses(situation.accessRequests, covered, { policy, scopeTags: settings.scopeTags }).filter(
    ({ scope, startsAt }) => !isSerial || (!isTagScope(scope) && startsAt === undefined),
  );
  const isActive = (access: CoveringAccess) => statusAt(access, now) === "active";
  const covering = byItself.allowed
    ? []
    : granted.filter(isActive).flatMap((access) => (isSerial ? (withoutExtensions(access, now) ?? []) : access));
  const evaluateWith = (access: Access) => mayConnect(policy, caller, instance, { ...context, access });
  const tried = tryAccess(covering, (request) => {
    const approvals = approvalsOn(policy, instance, request, situation.reviewers);
    return { request, approvals, verdict: evaluateWith(accessInPolicy(request, approvals)) };
  });
  // Of several that do not help, the first is named.
  const chosen = tried.find(({ verdict }) => verdict.allowed) ?? tried[0];
  const access = chosen?.request;
  const { allowed, policies } = chosen?.verdict ?? byItself;
  const assessed = { instance, osUser, policies, ...(access && { access }), ...(route && { route }) };
  if (!allowed) {
    const further = tried.find((each) => wouldHelp(each, policy, now, evaluateWith));
    const scheduled = nextOf(granted.filter((each) => !isActive(each)));
    const denied = { instance, context, further: further?.request.id, scheduled };
    return { ...assessed, refusal: denialOf(policy, caller, denied) };
  }
  if (instance.state !== "running") return { ...assessed, refusal: notRunning(instance) };
  return route ? assessed : { ...assessed, refusal: { code: unreachable.code, detail: unreachable.reason } };
}

/** An access request that policy was evaluated with. */
interface Tried {
  readonly request: CoveringAccess;
  /** Those that count on the instance. */
  readonly approvals: Approvals;
  readonly verdict: Verdict;
}

/** Tries one after the other until policy permits the connection. Approvals of several are never added. */
function tryAccess(
  covering: readonly CoveringAccess[],
  evaluate: (request: CoveringAccess) => Tried,
): readonly Tried[] {
  const tried: Tried[] = [];
  for (const request of covering) {
    const each = evaluate(request);
    tried.push(each);
    if (each.verdict.allowed) break;
  }
  return tried;
}

/** Whether policy would permit the connection with more reviews of a request that still takes some. */
function wouldHelp(
  { request, approvals }: Tried,
  { mostApprovals }: PolicyEngine,
  now: Date,
  evaluateWith: (access: Access) => Verdict,
): boolean {
  const left = isTagScope(request.scope) ? approvalsLeft(request, mostApprovals, now) : 0;
  const more = Array.from({ length: Math.max(0, left) }, (_, index) => approvals.approvals + 1 + index);
  return more.some((count) => evaluateWith(accessInPolicy(request, { ...approvals, approvals: count })).allowed);
}

const terminated = "The instance is terminated and cannot be started again. Its replacement has another id.";

/** What to do about each state, unless it is to start the instance. */
const notRunningDetails: Readonly<Record<string, string>> = {
  pending: "The instance is starting. Try again in a minute.",
  stopping: "The instance is stopping. Start it again once it has stopped.",
  "shutting-down": terminated,
  terminated,
};

function notRunning({ state }: Instance): Refusal {
  const detail = notRunningDetails[state];
  return { code: "instance-not-running", ...(detail !== undefined && { detail }) };
}

/**
 * What policy sees of the route. A serial console is at no address of the instance, and AWS vouches for its host key, even if
 * the console cannot be reached.
 */
function routeContext(
  route: NetworkRoute | undefined,
  options: ConnectionOptions,
  hostKeys: readonly StoredHostKey[],
): Pick<ConnectContext, "connectionType" | "address" | "hostKeyTrust"> {
  const connectionType = route?.connectionType ?? effectiveType(options);
  if (connectionType === "serial") return { connectionType, hostKeyTrust: highTrust };
  const hostKeyTrust = leastTrust(acceptedHostKeys(hostKeys));
  return { connectionType, ...(route && { address: route.host }), hostKeyTrust };
}

/**
 * Seconds of the access that requirements are searched with: the least that can be asked for. Policy bounds the end of access from
 * above, so if the shortest does not help, no other does.
 */
export const shortestAccess = 1;

interface Denied {
  readonly instance: Instance;
  readonly context: Omit<ConnectContext, "access">;
  /** The id of a request with a scope of tags whose further reviews would help. */
  readonly further: string | undefined;
  /** Access that starts later. */
  readonly scheduled: Requirements["scheduled"];
}

/** The first to start, of requests that are scheduled. */
function nextOf(scheduled: readonly CoveringAccess[]): Requirements["scheduled"] {
  const starts = scheduled.flatMap(({ id, startsAt }) =>
    startsAt === undefined ? [] : [{ accessRequestId: id, startsAt }],
  );
  return starts.sort((one, other) => (one.startsAt < other.startsAt ? -1 : 1))[0];
}

/** What is missing; `access-denied` if no access request would help. */
function denialOf(policy: PolicyEngine, caller: Caller, { instance, context, further, scheduled }: Denied): Refusal {
  const access = { scope: "instance", reason: "", expiresAt: context.time.epoch + shortestAccess } as const;
  const requirements = requirementsToConnect(policy, caller, instance, { contexts: [context], access });
  if (!requirements) return { code: "access-denied" };
  const { osUser, time, sourceIp } = context;
  const asking = { osUser, time, sourceIp, breakGlass: false, durationSeconds: shortestAccess };
  const { allowed, policies } = mayRequest(policy, caller, instance, { scope: "instance", ...asking });
  const rules = allowed ? reasonRulesOf(policy.boundsOf(policies)) : {};
  const named = { ...(further !== undefined && { accessRequestId: further }), ...(scheduled && { scheduled }) };
  return { code: "approval-required", requirements: { ...requirements, ...rules, ...named } };
}

/** What a request's log line says of the decision. */
export function decisionFields({ osUser, policies, access }: Assessment): LogFields {
  return { osUser, policies, ...(access && { accessRequestId: access.id, breakGlass: access.breakGlass }) };
}

/** @throws Problem with the refusal's code, if there is a refusal. */
export function requirePermitted(assessment: Assessment): Decided {
  const { refusal, route } = assessment;
  if (refusal) {
    const { code, ...more } = refusal;
    throw new Problem(code, more);
  }
  if (!route) throw new Error("An assessment without a refusal has a route");
  return { ...assessment, route };
}
