import type { AccessTarget } from "../access/access-request.ts";
import type { InstancePageQuery } from "../aws/ec2/instances.ts";
import type { StoredForConnection } from "../connect/ports.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import type { ImageNames } from "./response.ts";

/** All that looking at instances reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface InstancePorts {
  clock(): Date;
  readonly policy: Promise<PolicyEngine>;
  describeInstance(instanceId: string, signal: AbortSignal): Promise<Instance | undefined>;
  describePage(
    query: InstancePageQuery,
    signal: AbortSignal,
  ): Promise<{ instances: readonly Instance[]; nextToken: string | undefined }>;
  describeEndpoints(signal: AbortSignal): Promise<readonly Endpoint[]>;
  /** At least those of the images asked for. */
  readImageNames(imageIds: readonly string[], signal: AbortSignal): Promise<ImageNames>;
  /** What the table holds of the instance's host keys, and the accessTarget's newest access request: one consistent read. */
  readForConnection(accessTarget: AccessTarget, signal: AbortSignal): Promise<StoredForConnection>;
  readHostKeys(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly StoredHostKey[]>>;
}
