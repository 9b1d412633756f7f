import type { AccessRequest } from "../../lambda/access/access-request.ts";
import type { DecidePorts } from "../../lambda/connect/decide.ts";
import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { GetInstancePorts } from "../../lambda/instances/get.ts";
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
}

/** Fakes of EC2 and the table. */
export function fakeInstancePorts({
  fleet,
  policy = fakePolicy(),
  accessRequests = [],
  imageNames = new Map(),
  hostKeys = new Map(),
}: InstanceWorld) {
  const hostKeyReads: (readonly string[])[] = [];

  const access = new FakeAccessTable(accessRequests);

  const ports: GetInstancePorts & DecidePorts = {
    policy,
    instances: { describeInstance: async (instanceId) => fleet.find((instance) => instance.instanceId === instanceId) },
    network: {
      describeEndpoints: async () => [endpoint],
      readImageNames: async (imageIds) => {
        if (imageIds.length === 0) throw new Error("No image is asked for");
        return imageNames;
      },
    },
    describer: {
      describeInterfaces: async () => ({ value: undefined, undescribed: [] }),
      describeNetwork: async () => ({ value: {}, undescribed: [] }),
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
  return { ports, context: testContext({ clock }), hostKeyReads };
}
