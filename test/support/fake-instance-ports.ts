import type { AccessRequest } from "../../lambda/access/access-request.ts";
import type { DecidePorts } from "../../lambda/connect/decide.ts";
import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { InstancePorts, InstanceQuery } from "../../lambda/instances/ports.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { instanceKey } from "../../lambda/shared/instance.ts";
import { FakeAccessTable } from "./fake-access-table.ts";
import { fakePolicy } from "./fake-policy.ts";
import { endpoint } from "./samples.ts";
import { testContext } from "./test-context.ts";

export interface InstanceWorld {
  readonly fleet: readonly Instance[];
  readonly policy?: PolicyEngine;
  /** The newest of their access targets. */
  readonly accessRequests?: readonly AccessRequest[];
  readonly imageNames?: ReadonlyMap<string, string>;
  readonly hostKeys?: ReadonlyMap<string, readonly StoredHostKey[]>;
  /** How many instances EC2 leaves for the next page, page by page. */
  readonly heldBack?: readonly number[];
}

/** Fakes of EC2 and the table. Filters are recorded, not applied. A token is an index into the fleet. */
export function fakeInstancePorts({
  fleet,
  policy = fakePolicy(),
  accessRequests = [],
  imageNames = new Map(),
  hostKeys = new Map(),
  heldBack = [0],
}: InstanceWorld) {
  const pages: InstanceQuery[] = [];
  const hostKeyReads: (readonly string[])[] = [];

  const access = new FakeAccessTable(accessRequests);

  const ports: InstancePorts & DecidePorts = {
    policy: Promise.resolve(policy),
    instances: { describeInstance: async (instanceId) => fleet.find((instance) => instance.instanceId === instanceId) },
    search: {
      findInstances: async (query) => {
        if (query.pageSize < 5 || query.pageSize > 1000) throw new Error("EC2 takes page sizes of 5 to 1000");
        if (query.token !== undefined && !/^at-\d+$/.test(query.token)) throw new Error("EC2 did not issue this token");
        const size = Math.max(1, query.pageSize - (heldBack[pages.length % heldBack.length] ?? 0));
        pages.push(query);
        const start = Number(query.token?.slice("at-".length) ?? 0);
        const end = start + size;
        return { instances: fleet.slice(start, end), nextToken: end < fleet.length ? `at-${end}` : undefined };
      },
    },
    network: {
      describeEndpoints: async () => [endpoint],
      readImageNames: async (imageIds) => {
        if (imageIds.length === 0) throw new Error("No image is asked for");
        return imageNames;
      },
    },
    access: {
      readForConnection: async (accessTarget) => ({
        hostKeys: hostKeys.get(accessTarget.instanceId) ?? [],
        accessRequests: access.readAll(accessTarget),
        isSuspended: accessTarget.subject === "suspended",
      }),
      readSlots: async () => access.readSlots(),
      readParties: async () => ({ people: [], suspensions: new Map() }),
    },
    people: { wasSeen: async (id) => id === "alice" },
    hostKeys: {
      readHostKeys: async (instances) => {
        if (instances.length === 0 || instances.length > 100) throw new Error("The table reads 1 to 100 at once");
        hostKeyReads.push(instances.map(({ instanceId }) => instanceId));
        return new Map(instances.map((each) => [instanceKey(each), hostKeys.get(each.instanceId) ?? []]));
      },
    },
  };
  const clock = () => new Date("2026-01-02T03:04:05.678Z");
  return { ports, context: testContext({ clock }), pages, hostKeyReads };
}

/** The given number of instances: `i-00000000`, `i-00000001`, … */
export function fleetOf(count: number, sample: Instance): Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    ...sample,
    instanceId: `i-${index.toString(16).padStart(8, "0")}`,
  }));
}
