import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { NetworkReader } from "../resolve/ports.ts";
import type { InstanceKey, InstanceReader } from "../shared/instance.ts";

/** Everything that reading instances needs from outside. Each call rejects with a Problem, and stops when its signal aborts. */
export interface InstancePorts {
  readonly policy: PolicyEngine;
  readonly instances: Pick<InstanceReader, "describeInstance">;
  readonly network: NetworkReader;
  readonly hostKeys: HostKeyReader;
}

/** Which instances a list is of. */
export interface InstanceFilter {
  /** The value of the tag `Name`, exactly. */
  readonly name?: string | undefined;
  /** The start of that tag. */
  readonly namePrefix?: string | undefined;
  /** An IP address on any network interface, or a DNS name of AWS's; a private one may lack its domain. */
  readonly address?: string | undefined;
  readonly state?: string | undefined;
  /** An instance must have all of these tags. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

export interface HostKeyReader {
  /** By `<account>/<region>/<id>`: all host keys that are known of each, from every source. At most 100 instances. */
  readHostKeys(
    instances: readonly InstanceKey[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly StoredHostKey[]>>;
}
