import type { Caller } from "../../contract/caller.ts";
import type { Decision } from "../../contract/decision.ts";
import { readDecidingImages } from "../instances/image-names.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { requireVisible } from "../policy/require-visible.ts";
import type { ConnectionOptions } from "../resolve/connection-options.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import { warningsOf } from "../resolve/warnings.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { type Assessment, type AssessmentSettings, assessConnection, decisionFields, osUserOf } from "./assess.ts";
import type { AccessLedger, ConnectPorts } from "./ports.ts";
import { requireConsistent } from "./read-request.ts";

export interface DecisionInput extends ConnectionOptions {
  readonly caller: Caller;
  readonly instanceId: string;
}

export interface DecidePorts extends Pick<ConnectPorts, "policy" | "instances" | "network"> {
  readonly access: Pick<AccessLedger, "readForConnection">;
}

/**
 * Tells a caller how a request for a connection would be decided now, and why. It changes nothing, and needs no credentials of
 * the push role.
 *
 * @throws Problem `instance-not-found` and `invalid-request`, as for the request itself.
 */
export async function decide(
  ports: DecidePorts,
  settings: AssessmentSettings & { readonly policyTime: (moment: Date) => PolicyTime },
  input: DecisionInput,
  { deadline: { signal }, clock, note }: RequestContext,
): Promise<Decision> {
  const { caller, instanceId, connectionType } = input;
  requireConsistent(input);
  note({ instanceId });
  const [policy, described, endpoints] = await Promise.all([
    ports.policy,
    ports.instances.describeInstance(instanceId, signal),
    connectionType === "serial" ? [] : ports.network.describeEndpoints(signal),
  ]);
  const instance = requireVisible(policy, caller, described);
  const isDefaultUser = namedOsUser(input, instanceId) === undefined;
  const imageNames = isDefaultUser ? await readDecidingImages(ports.network, [instance], signal) : undefined;
  const imageName = instance.imageId && imageNames?.get(instance.imageId);
  const osUser = osUserOf({ options: input, instance, imageName }, settings);
  const { accountId, region } = instance;
  const accessTarget = { subject: caller.id, accountId, region, instanceId, osUser };
  const stored = await ports.access.readForConnection(accessTarget, signal);
  const now = clock();
  const time = settings.policyTime(now);
  const situation = { ...stored, caller, instance, imageName, endpoints, options: input, now, time };
  const assessment = assessConnection(policy, situation, settings);
  note(decisionFields(assessment));
  const { policies, route, refusal } = assessment;
  const warnings = warningsOf(instance, route?.connectionType);
  return {
    decision: refusal ? "deny" : "allow",
    ...(refusal && { code: refusal.code }),
    policies: [...policies],
    ...(route && { resolved: resolvedOf(route) }),
    ...(refusal?.code === "approval-required" && { requirements: refusal.requirements }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function resolvedOf({ connectionType, host, port, endpoint }: NonNullable<Assessment["route"]>) {
  return { connectionType, host, port, ...(endpoint && { endpointId: endpoint.endpointId }) };
}
