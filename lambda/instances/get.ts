import type { InstanceResponse } from "../../contract/instance.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { mayView } from "../policy/authorize.ts";
import { Problem } from "../shared/problem.ts";
import { readDecidingImages } from "./image-names.ts";
import type { InstancePorts } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

/** @throws Problem `instance-not-found` for an absent instance and for one that the caller may not view. */
export async function getInstance(
  ports: InstancePorts,
  settings: InstanceSettings,
  { caller, params: { instanceId }, deadline: { signal }, facts }: ApiRequest<Routes["getInstance"]>,
): Promise<InstanceResponse> {
  facts.instanceId = instanceId;
  const [policy, instance, endpoints, hostKeys] = await Promise.all([
    ports.policy,
    ports.describeInstance(instanceId, signal),
    ports.describeEndpoints(signal),
    ports.readHostKeys([instanceId], signal),
  ]);
  if (!mayView(policy, caller, instance)) throw new Problem("instance-not-found");
  const imageNames = await readDecidingImages(ports, [instance], signal);
  return instanceResponse(instance, endpoints, hostKeys.get(instanceId) ?? [], imageNames, settings);
}
