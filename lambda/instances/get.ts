import type { Caller } from "../../contract/caller.ts";
import type { InstanceResponse } from "../../contract/instance.ts";
import { requireVisible } from "../policy/require-visible.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { readDecidingImages } from "./image-names.ts";
import type { InstancePorts } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

export interface GetInstanceInput {
  readonly caller: Caller;
  readonly instanceId: string;
}

/** @throws Problem `instance-not-found` for an absent instance, and for one that the caller may not view. */
export async function getInstance(
  ports: InstancePorts,
  settings: InstanceSettings,
  { caller, instanceId }: GetInstanceInput,
  { deadline: { signal }, note }: RequestContext,
): Promise<InstanceResponse> {
  note({ instanceId });
  const [policy, described, endpoints] = await Promise.all([
    ports.policy,
    ports.instances.describeInstance(instanceId, signal),
    ports.network.describeEndpoints(signal),
  ]);
  const instance = requireVisible(policy, caller, described);
  const [hostKeys, imageNames] = await Promise.all([
    ports.hostKeys.readHostKeys([instance], signal),
    readDecidingImages(ports.network, [instance], signal),
  ]);
  return instanceResponse(instance, { endpoints, hostKeys, imageNames }, settings);
}
