import type { Network, NetworkInterface } from "./network.ts";

/** What lies around one instance, and between it and an endpoint. */
export interface NetworkQuery {
  readonly vpcId: string | undefined;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

/** What could be described, and the calls that failed. */
export interface Described<T> {
  readonly value: T;
  readonly undescribed: readonly string[];
}

/** Describes networks. What fails or takes long is left out, never thrown: only the checks that need it suffer. */
export interface NetworkDescriber {
  /** The network interfaces of an instance. */
  describeInterfaces(
    instanceId: string,
    signal: AbortSignal,
  ): Promise<Described<readonly NetworkInterface[] | undefined>>;
  describeNetwork(query: NetworkQuery, signal: AbortSignal): Promise<Described<Omit<Network, "interfaces">>>;
}
