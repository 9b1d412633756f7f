import type { Caller } from "../../contract/caller.ts";
import type { Decision } from "../../contract/decision.ts";
import type { AccessSettings } from "../access/ports.ts";
import { readDecidingImages } from "../instances/image-names.ts";
import { mayDelegate, mayView } from "../policy/authorize.ts";
import { requireVisible } from "../policy/require-visible.ts";
import type { ConnectionOptions } from "../resolve/connection-options.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import { warningsOf } from "../resolve/warnings.ts";
import { type People, personsNamed, type ReviewerSources } from "../shared/people.ts";
import { Problem, unknownSubject } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { NamedInstance } from "../targets/locate.ts";
import { type Assessment, type AssessmentSettings, assessConnection, decisionFields, osUserOf } from "./assess.ts";
import { nameReviewers } from "./name-reviewers.ts";
import type { AccessLedger, ConnectPorts, ScopeSettings } from "./ports.ts";
import { readAccess } from "./read-access.ts";
import { requireConsistent } from "./read-request.ts";
import { shortestAccess } from "./refusal.ts";

export interface DecisionInput extends ConnectionOptions, NamedInstance {
  readonly caller: Caller;
  /** The person who would connect. Undefined: the caller. */
  readonly subject?: string | undefined;
}

export interface DecidePorts extends Pick<ConnectPorts, "policy" | "instances" | "network"> {
  readonly access: Pick<AccessLedger, "readForConnection" | "readSlots" | "readParties">;
  readonly people: Pick<People, "wasSeen">;
}

type DecideSettings = AssessmentSettings &
  ScopeSettings &
  ReviewerSources &
  Pick<AccessSettings, "policyTime" | "possibleGroups">;

/**
 * Tells how a request for a connection would be decided now, and why. It changes nothing, and needs no credentials of the push
 * role. For another subject, whose groups are not known until they call, the decision is the one that needs the most among those
 * for all groups that could connect.
 *
 * @throws Problem `instance-not-found` and `invalid-request`, as for the request itself; `access-denied` if the caller
 *   may not ask for access for the subject.
 */
export async function decide(
  ports: DecidePorts,
  settings: DecideSettings,
  input: DecisionInput,
  context: RequestContext,
): Promise<Decision> {
  const { deadline, clock, sourceIp, note } = context;
  const { signal } = deadline;
  const { caller, instanceId, connectionType, subject = caller.id } = input;
  const isOwn = subject === caller.id;
  requireConsistent(input);
  if (!isOwn && settings.possibleGroups(subject).length === 0) throw unknownSubject();
  note({ instanceId });
  const { policy } = ports;
  const [described, endpoints, slots, subjectSeen] = await Promise.all([
    ports.instances.describeInstance(instanceId, signal),
    connectionType === "serial" ? [] : ports.network.describeEndpoints(signal),
    ports.access.readSlots(subject, signal),
    isOwn ? undefined : ports.people.wasSeen(subject, signal),
  ]);
  const instance = requireVisible(policy, caller, described);
  const isDefaultUser = namedOsUser(input, instanceId) === undefined;
  const imageNames = isDefaultUser ? await readDecidingImages(ports.network, [instance], signal) : undefined;
  const imageName = instance.imageId && imageNames?.get(instance.imageId);
  const osUser = osUserOf({ options: input, instance, imageName }, settings);
  const { accountId, region } = instance;
  const target = { subject, accountId, region, instanceId, osUser };
  const { hostKeys, accessRequests: own, isSuspended } = await ports.access.readForConnection(target, signal);
  const covered = { subject, instance, osUser, now: clock() };
  const read = await readAccess(ports.access, settings, { policy, own, slots, covered }, context);
  const now = clock();
  const circumstances = { time: settings.policyTime(now), sourceIp };
  const delegation = { scope: "instance", osUser, subject, durationSeconds: shortestAccess, ...circumstances } as const;
  if (!isOwn && !mayDelegate(policy, caller, instance, delegation).allowed) throw new Problem("access-denied");
  const ofSubject = subjectSeen !== undefined && { subjectSeen };
  if (isSuspended) return { decision: "deny", code: "caller-suspended", policies: [], ...ofSubject };
  const situation = { hostKeys, ...read, instance, imageName, endpoints, options: input, now, ...circumstances };
  const persons = isOwn
    ? [caller]
    : personsNamed(subject, settings.possibleGroups).filter((person) => mayView(policy, person, instance));
  const assessments = persons.map((person) => assessConnection(policy, { ...situation, caller: person }, settings));
  const assessment = mostDemanding(assessments);
  if (assessment) note(decisionFields(assessment));
  const parties = { subject, requestedBy: caller.id, time: circumstances.time };
  const named = assessment && nameReviewers(policy, assessment, parties, settings);
  return { ...decisionOf(named), ...ofSubject };
}

/** The one that needs the most approvals, among those that can be permitted at all. */
function mostDemanding(assessments: readonly Assessment[]): Assessment | undefined {
  const demandOf = ({ refusal }: Assessment) => {
    if (refusal?.code === "access-denied") return -1;
    return refusal?.code === "approval-required" ? 1 + refusal.requirements.approvals : 0;
  };
  return [...assessments].sort((one, other) => demandOf(other) - demandOf(one))[0];
}

/** @param assessment undefined if nobody with the subject's id may view the instance. */
function decisionOf(assessment: Assessment | undefined): Decision {
  if (!assessment) return { decision: "deny", code: "instance-not-found", policies: [] };
  const { instance, policies, access, route, refusal } = assessment;
  const warnings = warningsOf(instance, route?.connectionType);
  return {
    decision: refusal ? "deny" : "allow",
    ...(refusal && { code: refusal.code }),
    policies: [...policies],
    ...(access && !refusal && { accessRequestId: access.id }),
    ...(route && { resolved: resolvedOf(route) }),
    ...(refusal?.code === "approval-required" && { requirements: refusal.requirements }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function resolvedOf({ connectionType, host, port, endpoint }: NonNullable<Assessment["route"]>) {
  return { connectionType, host, port, ...(endpoint && { endpointId: endpoint.endpointId }) };
}
