import type { Caller } from "../../contract/caller.ts";
import type { InstanceResponse } from "../../contract/instance.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { checksOf } from "../reachability/checks.ts";
import type { NetworkDescriber } from "../reachability/ports.ts";
import { readSurroundings } from "../reachability/surroundings.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { readDecidingImages } from "./image-names.ts";
import type { InstancePorts } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

export interface GetInstanceInput {
  readonly caller: Caller;
  readonly instanceId: string;
  /** Whether to check what lies between the caller and the instance. Reads more. */
  readonly checks?: boolean;
}

export interface GetInstancePorts extends InstancePorts {
  readonly describer: NetworkDescriber;
}

/** @throws Problem `instance-not-found` for an absent instance, and for one that the caller may not view. */
export async function getInstance(
  ports: GetInstancePorts,
  settings: InstanceSettings,
  { caller, instanceId, checks = false }: GetInstanceInput,
  context: RequestContext,
): Promise<InstanceResponse> {
  const { signal } = context.deadline;
  context.note({ instanceId });
  const [described, endpoints, interfaces] = await Promise.all([
    ports.instances.describeInstance(instanceId, signal),
    ports.network.describeEndpoints(signal),
    checks ? ports.describer.describeInterfaces(instanceId, signal) : undefined,
  ]);
  const instance = requireVisible(ports.policy, caller, described);
  const { fips } = settings;
  const [hostKeys, imageNames, around] = await Promise.all([
    ports.hostKeys.readHostKeys([instance], signal),
    readDecidingImages(ports.network, [instance], signal),
    interfaces && readSurroundings(ports, { instance, endpoints, interfaces, fips }, context),
  ]);
  const response = instanceResponse(instance, { endpoints, hostKeys, imageNames }, settings);
  if (!around) return response;
  const connectionOptions = response.connectionOptions.map((each) => ({ ...each, checks: checksOf(each, around) }));
  return { ...response, connectionOptions };
}
