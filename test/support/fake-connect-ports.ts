import type { AccessRequest } from "../../lambda/access/access-request.ts";
import type { Suspensions } from "../../lambda/access/suspension.ts";
import type { Denial } from "../../lambda/connect/denial.ts";
import { OsUserMemory } from "../../lambda/connect/os-user-memory.ts";
import {
  type AccessLedger,
  type ConnectionStore,
  type ConnectPorts,
  type DenialStore,
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
import type { RememberedPerson } from "../../lambda/shared/people.ts";
import type { Counted } from "../../lambda/shared/quota.ts";
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
  | keyof ConnectionStore
  | keyof DenialStore;

export interface World {
  readonly instance?: Instance | undefined;
  readonly endpoints?: readonly Endpoint[];
  readonly hostKeys?: readonly StoredHostKey[];
  readonly policy?: PolicyEngine;
  /** The name of every image. */
  readonly imageName?: string;
  readonly isSuspended?: boolean;
  /** The newest of their access targets. */
  readonly accessRequests?: readonly AccessRequest[];
  /** Those who have called. */
  readonly people?: readonly RememberedPerson[];
  readonly suspensions?: Suspensions;
  /** What earlier requests have learned. */
  readonly osUsers?: OsUserMemory;
  /** The time, until a test sets the clock. */
  readonly now?: Date;
  /** When the successful push attempt starts. The default is now. */
  readonly attemptStart?: Date;
  /** The errors of a port, call by call. */
  readonly faults?: Partial<Record<PortName, readonly (Error | undefined)[]>>;
  /** The quotas of which the caller has nothing left. */
  readonly usedUp?: readonly Counted[];
  /** Changes that others make to the table just before a call of a port. */
  readonly meanwhile?: Partial<Record<PortName, (access: FakeAccessTable) => void>>;
}

/** Fakes of AWS and the table for connections. Each call resolves one turn later, and is recorded. */
export function fakeConnectPorts(world: World) {
  const clock = { now: world.now ?? new Date("2026-01-02T03:04:05.678Z") };
  /** The names of the ports in the order of their calls, and `<name> answered` when they resolve. */
  const journal: string[] = [];
  const sessions = new Map<SessionCredentials, { subject: string; session: string }>();
  const pushes: (Push & { subject: string; session: string; startedAt: Date })[] = [];
  const tunnels: (TunnelUrlRequest & { subject: string; session: string; signedAt: Date })[] = [];
  const access = new FakeAccessTable(world.accessRequests ?? []);
  const connections = new FakeConnectionTable();
  const counted: Counted[] = [];
  const denied: Denial[] = [];

  async function respond<T>(name: PortName, act: () => T): Promise<T> {
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
    policy: world.policy ?? fakePolicy(),
    osUsers: world.osUsers ?? new OsUserMemory(),
    instances: {
      describeInstance: (instanceId) => {
        const instance = "instance" in world ? world.instance : web;
        return respond("describeInstance", () => (instance?.instanceId === instanceId ? instance : undefined));
      },
    },
    network: {
      readImageNames: (imageIds) =>
        respond("readImageNames", () => new Map(imageIds.map((imageId) => [imageId, world.imageName]))),
      describeEndpoints: () => respond("describeEndpoints", () => world.endpoints ?? [endpoint]),
    },
    access: {
      readForConnection: (accessTarget) =>
        respond("readForConnection", () => ({
          hostKeys: world.hostKeys ?? [],
          accessRequests: access.readAll(accessTarget),
          isSuspended: world.isSuspended ?? false,
        })),
      readParties: () =>
        respond("readParties", () => ({ people: world.people ?? [], suspensions: world.suspensions ?? new Map() })),
      readSlots: () => respond("readSlots", () => access.readSlots()),
      readCurrentAccess: (accessTarget) => respond("readCurrentAccess", () => access.readAll(accessTarget)),
      reserveAccess: ({ request, pushBy, now }) => respond("reserveAccess", () => access.reserve(request, pushBy, now)),
    },
    pushRole: {
      assumePushRole: (subject, session) =>
        respond("assumePushRole", () => {
          const accessKeyId = `session-${sessions.size}`;
          const credentials = { accessKeyId, secretAccessKey: "secret", sessionToken: "token" };
          sessions.set(credentials, { subject, session });
          return credentials;
        }),
    },
    keys: {
      pushKey: (credentials, push) =>
        respond("pushKey", () => {
          const startedAt = world.attemptStart ?? clock.now;
          if (startedAt > push.pushBy) throw new NotPushed();
          pushes.push({ ...push, ...sessionOf(credentials), startedAt });
          return { startedAt, awsRequestId: "aws-1" };
        }),
      presignTunnelUrl: (credentials, request, signedAt) =>
        respond("presignTunnelUrl", () => {
          tunnels.push({ ...request, ...sessionOf(credentials), signedAt });
          return `${request.origin}/openTunnel?signed`;
        }),
    },
    connections: {
      readConnection: async (connectionId) => connections.items.find(([each]) => each === connectionId)?.[1],
      writeIntent: (connectionId, state) => respond("writeIntent", () => connections.write(connectionId, state)),
      writeOutcome: (connectionId, state) => respond("writeOutcome", () => connections.write(connectionId, state)),
    },
    quota: {
      async count(_callerId, what) {
        counted.push(what);
        return !(world.usedUp ?? []).includes(what);
      },
    },
    denials: { writeDenial: (denial) => respond("writeDenial", () => void denied.push(denial)) },
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
    counted,
    denied,
  };
}
