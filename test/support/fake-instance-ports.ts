import type { AccessRequest } from "../../lambda/access/access-request.ts";
import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { InstancePorts } from "../../lambda/instances/ports.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { FakeAccessTable } from "./fake-access-table.ts";
import { fakePolicy } from "./fake-policy.ts";
import { endpoint } from "./samples.ts";

type PageQuery = Parameters<InstancePorts["describePage"]>[0];

export interface InstanceWorld {
  readonly fleet: readonly Instance[];
  readonly policy?: PolicyEngine;
  /** The newest of their slots. */
  readonly accessRequests?: readonly AccessRequest[];
  readonly imageNames?: ReadonlyMap<string, string>;
  readonly hostKeys?: ReadonlyMap<string, readonly StoredHostKey[]>;
  /** Instances that EC2 holds back from each page in turn, as it may: the next page has them. */
  readonly heldBack?: readonly number[];
}

/** EC2 and the table, as listing meets them; filters are kept, not applied. A token is the place in the fleet. */
export function fakeInstancePorts({
  fleet,
  policy = fakePolicy(),
  accessRequests = [],
  imageNames = new Map(),
  hostKeys = new Map(),
  heldBack = [0],
}: InstanceWorld) {
  const pages: PageQuery[] = [];
  const hostKeyReads: (readonly string[])[] = [];

  const access = new FakeAccessTable(accessRequests);

  const ports: InstancePorts = {
    clock: () => new Date("2026-01-02T03:04:05.678Z"),
    policy: Promise.resolve(policy),
    describeInstance: async (instanceId) => fleet.find((instance) => instance.instanceId === instanceId),
    describePage: async (query) => {
      if (query.pageSize < 5 || query.pageSize > 1000) throw new Error("EC2 takes page sizes of 5 to 1000");
      if (query.token !== undefined && !/^at-\d+$/.test(query.token)) throw new Error("EC2 has not given this token");
      const size = Math.max(1, query.pageSize - (heldBack[pages.length % heldBack.length] ?? 0));
      pages.push(query);
      const start = Number(query.token?.slice("at-".length) ?? 0);
      const end = start + size;
      return { instances: fleet.slice(start, end), nextToken: end < fleet.length ? `at-${end}` : undefined };
    },
    describeEndpoints: async () => [endpoint],
    readImageNames: async (imageIds) => {
      if (imageIds.length === 0) throw new Error("No image is asked for");
      return imageNames;
    },
    readForConnection: async (accessTarget) => ({
      hostKeys: hostKeys.get(accessTarget.instanceId) ?? [],
      accessRequest: access.read(accessTarget),
    }),
    readHostKeys: async (instanceIds) => {
      if (instanceIds.length === 0 || instanceIds.length > 100) throw new Error("The table reads 1 to 100 at once");
      hostKeyReads.push(instanceIds);
      return hostKeys;
    },
  };
  return { ports, pages, hostKeyReads };
}

/** Instances `i-00000000`, `i-00000001`, …: so many of them. */
export function fleetOf(count: number, sample: Instance): Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    ...sample,
    instanceId: `i-${index.toString(16).padStart(8, "0")}`,
  }));
}
