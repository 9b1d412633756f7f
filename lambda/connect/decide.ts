import type { Decision } from "../../contract/decision.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { readDecidingImages } from "../instances/image-names.ts";
import type { InstancePorts } from "../instances/ports.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import { type Assessment, type AssessmentSettings, assessConnection, osUserOf } from "./assess.ts";
import { noteAssessment } from "./note-assessment.ts";
import { requireConsistent } from "./read-request.ts";

/**
 * Tells a caller what a request for a connection would be told now, and why. It changes nothing, and asks AWS for no
 * credentials.
 *
 * @throws Problem `instance-not-found` and `invalid-request`, as the request itself would.
 */
export async function decide(
  ports: Omit<InstancePorts, "describePage" | "readHostKeys">,
  settings: AssessmentSettings & { readonly policyTime: (moment: Date) => PolicyTime },
  { caller, body, deadline: { signal }, facts }: ApiRequest<Routes["decide"]>,
): Promise<Decision> {
  requireConsistent(body);
  facts.instanceId = body.instanceId;
  const [policy, described, endpoints] = await Promise.all([
    ports.policy,
    ports.describeInstance(body.instanceId, signal),
    body.connectionType === "serial" ? [] : ports.describeEndpoints(signal),
  ]);
  const instance = requireVisible(policy, caller, described);
  const isDefaultUser = namedOsUser(body, instance.instanceId) === undefined;
  const imageNames = isDefaultUser ? await readDecidingImages(ports, [instance], signal) : undefined;
  const imageName = instance.imageId && imageNames?.get(instance.imageId);
  const osUser = osUserOf({ options: body, instance, imageName }, settings);
  const accessTarget = { subject: caller.id, instanceId: instance.instanceId, osUser };
  const { hostKeys, accessRequest } = await ports.readForConnection(accessTarget, signal);
  const now = ports.clock();
  const time = settings.policyTime(now);
  const situation = { caller, instance, imageName, endpoints, hostKeys, options: body, accessRequest, now, time };
  const assessment = assessConnection(policy, situation, settings);
  noteAssessment(facts, assessment);
  const { policies, route, refusal } = assessment;
  return {
    decision: refusal ? "deny" : "allow",
    ...(refusal && { code: refusal.code }),
    policies: [...policies],
    ...(route && { resolved: resolvedOf(route) }),
    ...(refusal?.code === "approval-required" && { requirements: refusal.requirements }),
  };
}

function resolvedOf({ connectionType, host, port, endpoint }: NonNullable<Assessment["route"]>) {
  return { connectionType, host, port, ...(endpoint && { endpointId: endpoint.endpointId }) };
}
