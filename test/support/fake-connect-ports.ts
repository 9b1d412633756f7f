import type { AccessRequest } from "../../lambda/access/access-request.ts";
import { OsUserMemory } from "../../lambda/connect/os-user-memory.ts";
import {
  type AccessLedger,
  type ConnectionStore,
  type ConnectPorts,
  type KeyPusher,
  NotPushed,
  type Push,
  type PushRole,
  type SessionCredentials,
  type TunnelUrlRequest,
} from "../../lambda/connect/ports.ts";
import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import type { NetworkReader } from "../../lambda/resolve/ports.ts";
import type { Endpoint, Instance, InstanceReader } from "../../lambda/shared/instance.ts";
import { deadlineAt } from "./connection-request.ts";
import { FakeAccessTable } from "./fake-access-table.ts";
import { FakeConnectionTable } from "./fake-connection-table.ts";
import { fakePolicy } from "./fake-policy.ts";
import { endpoint, web } from "./samples.ts";
import { testContext } from "./test-context.ts";

/** The calls of all ports. */
type PortName =
  | Exclude<keyof InstanceReader, "describeInstances">
  | keyof NetworkReader
  | keyof AccessLedger
  | keyof PushRole
  | keyof KeyPusher
  | keyof ConnectionStore;

export interface World {
  readonly instance?: Instance | undefined;
  readonly endpoints?: readonly Endpoint[];
  readonly hostKeys?: readonly StoredHostKey[];
  readonly policy?: PolicyEngine;
  /** Of every image that there is. */
  readonly imageName?: string;
  /** The newest of their access targets. */
  readonly accessRequests?: readonly AccessRequest[];
  /** What earlier requests have found out. */
  readonly osUsers?: OsUserMemory;
  /** What the clock says, until a test sets it. */
  readonly now?: Date;
  /** When the push attempt that succeeds starts; now, if left out. */
  readonly attemptStart?: Date;
  /** What a port rejects with: at its first call, its second, … */
  readonly faults?: Partial<Record<PortName, readonly (Error | undefined)[]>>;
  /** What others do to the table just before a port is called. */
  readonly meanwhile?: Partial<Record<PortName, (access: FakeAccessTable) => void>>;
}

/** AWS and the table, as connections meet them. Each call answers a turn after it was made, and is kept. */
export function fakeConnectPorts(world: World) {
  const clock = { now: world.now ?? new Date("2026-01-02T03:04:05.678Z") };
  /** Names of the ports in the order in which they are called; `<name> answered` when they answer. */
  const journal: string[] = [];
  const sessions = new Map<SessionCredentials, { subject: string; session: string }>();
  const pushes: (Push & { subject: string; session: string; startedAt: Date })[] = [];
  const tunnels: (TunnelUrlRequest & { subject: string; session: string; signedAt: Date })[] = [];
  const access = new FakeAccessTable(world.accessRequests ?? []);
  const connections = new FakeConnectionTable();

  async function answer<T>(name: PortName, act: () => T): Promise<T> {
    const earlier = journal.filter((entry) => entry === name).length;
    journal.push(name);
    world.meanwhile?.[name]?.(access);
    const fault = world.faults?.[name]?.[earlier];
    const value = fault ? undefined : act();
    await new Promise((resolve) => setImmediate(resolve));
    journal.push(`${name} ${fault ? "failed" : "answered"}`);
    if (fault) throw fault;
    return value as T;
  }

  function sessionOf(credentials: SessionCredentials) {
    const session = sessions.get(credentials);
    if (!session) throw new Error("These credentials have not been issued");
    return session;
  }

  const ports: ConnectPorts = {
    policy: Promise.resolve(world.policy ?? fakePolicy()),
    osUsers: world.osUsers ?? new OsUserMemory(),
    instances: {
      describeInstance: (instanceId) => {
        const instance = "instance" in world ? world.instance : web;
        return answer("describeInstance", () => (instance?.instanceId === instanceId ? instance : undefined));
      },
    },
    network: {
      readImageNames: (imageIds) =>
        answer("readImageNames", () => new Map(imageIds.map((imageId) => [imageId, world.imageName]))),
      describeEndpoints: () => answer("describeEndpoints", () => world.endpoints ?? [endpoint]),
    },
    access: {
      readForConnection: (accessTarget) =>
        answer("readForConnection", () => ({
          hostKeys: world.hostKeys ?? [],
          accessRequest: access.read(accessTarget),
        })),
      readCurrentAccess: (accessTarget) => answer("readCurrentAccess", () => access.read(accessTarget)),
      reserveAccess: ({ request, pushBy, now }) => answer("reserveAccess", () => access.touch(request, pushBy, now)),
    },
    pushRole: {
      assumePushRole: (subject, session) =>
        answer("assumePushRole", () => {
          const accessKeyId = `session-${sessions.size}`;
          const credentials = { accessKeyId, secretAccessKey: "secret", sessionToken: "token" };
          sessions.set(credentials, { subject, session });
          return credentials;
        }),
    },
    keys: {
      pushKey: (credentials, push) =>
        answer("pushKey", () => {
          const startedAt = world.attemptStart ?? clock.now;
          if (startedAt > push.pushBy) throw new NotPushed();
          pushes.push({ ...push, ...sessionOf(credentials), startedAt });
          return { startedAt, awsRequestId: "aws-1" };
        }),
      presignTunnelUrl: (credentials, request, signedAt) =>
        answer("presignTunnelUrl", () => {
          tunnels.push({ ...request, ...sessionOf(credentials), signedAt });
          return `${request.origin}/openTunnel?signed`;
        }),
    },
    connections: {
      readConnection: async (connectionId) => connections.items.find(([each]) => each === connectionId)?.[1],
      writeDenial: (connectionId, state) => answer("writeDenial", () => connections.write(connectionId, state)),
      writeIntent: (connectionId, state) => answer("writeIntent", () => connections.write(connectionId, state)),
      writeOutcome: (connectionId, state) => answer("writeOutcome", () => connections.write(connectionId, state)),
    },
  };
  const context = testContext({ clock: () => clock.now, deadlineAt });
  const { written } = connections;
  return {
    ports,
    context,
    /** What was noted for the log. */
    fields: context.fields,
    clock,
    journal,
    sessions: () => [...sessions.values()],
    pushes,
    tunnels,
    access,
    connections,
    written,
  };
}
