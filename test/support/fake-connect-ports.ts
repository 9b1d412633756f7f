import type { ConnectionState } from "../../lambda/audit/connection-trail.ts";
import type { Push } from "../../lambda/aws/push-key.ts";
import type { SessionCredentials } from "../../lambda/aws/push-role.ts";
import type { TunnelUrlRequest } from "../../lambda/aws/tunnel-url.ts";
import type { StoredHostKey } from "../../lambda/connect/host-keys.ts";
import type { Endpoint, Instance } from "../../lambda/connect/instance.ts";
import { OsUserMemory } from "../../lambda/connect/os-user-memory.ts";
import type { ConnectPorts } from "../../lambda/connect/ports.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import { fakePolicy } from "./fake-policy.ts";
import { endpoint, web } from "./samples.ts";

type PortName = Exclude<keyof ConnectPorts, "clock" | "policy" | "osUsers">;

export interface World {
  readonly instance?: Instance | undefined;
  readonly endpoints?: readonly Endpoint[];
  readonly hostKeys?: readonly StoredHostKey[];
  readonly policy?: PolicyEngine;
  /** Of every image that there is. */
  readonly imageName?: string;
  /** What earlier requests have found out. */
  readonly osUsers?: OsUserMemory;
  /** What the clock says all the time. */
  readonly now?: Date;
  /** When the push's attempt that succeeds begins; left out, now. */
  readonly attemptStart?: Date;
  /** What a port rejects with, instead of answering: at its first call, its second, … */
  readonly faults?: Partial<Record<PortName, readonly (Error | undefined)[]>>;
}

/** AWS and the table, as one connection meets them. Each call answers a turn after it was made, and is kept. */
export function fakeConnectPorts(world: World) {
  const now = world.now ?? new Date("2026-01-02T03:04:05.678Z");
  /** Names of the ports in the order in which they are called; `<name> answered` when they answer. */
  const journal: string[] = [];
  const sessions = new Map<SessionCredentials, { subject: string; session: string }>();
  const pushes: (Push & { subject: string; session: string })[] = [];
  const tunnels: (TunnelUrlRequest & { subject: string; session: string; signedAt: Date })[] = [];
  const written: { connectionId: string; state: ConnectionState }[] = [];

  async function answer<T>(name: PortName, value: T): Promise<T> {
    const earlier = journal.filter((entry) => entry === name).length;
    journal.push(name);
    await new Promise((resolve) => setImmediate(resolve));
    const fault = world.faults?.[name]?.[earlier];
    journal.push(`${name} ${fault ? "failed" : "answered"}`);
    if (fault) throw fault;
    return value;
  }

  function sessionOf(credentials: SessionCredentials) {
    const session = sessions.get(credentials);
    if (!session) throw new Error("These credentials have not been issued");
    return session;
  }

  const ports: ConnectPorts = {
    clock: () => now,
    policy: Promise.resolve(world.policy ?? fakePolicy()),
    describeInstance: (instanceId) => {
      const instance = "instance" in world ? world.instance : web;
      return answer("describeInstance", instance?.instanceId === instanceId ? instance : undefined);
    },
    readImageName: () => answer("readImageName", world.imageName),
    osUsers: world.osUsers ?? new OsUserMemory(),
    describeEndpoints: () => answer("describeEndpoints", world.endpoints ?? [endpoint]),
    readHostKeys: () => answer("readHostKeys", world.hostKeys ?? []),
    assumePushRole: (subject, session) => {
      const credentials = { accessKeyId: `session-${sessions.size}`, secretAccessKey: "secret", sessionToken: "token" };
      sessions.set(credentials, { subject, session });
      return answer("assumePushRole", credentials);
    },
    pushKey: (credentials, push) => {
      pushes.push({ ...push, ...sessionOf(credentials) });
      return answer("pushKey", { startedAt: world.attemptStart ?? now, awsRequestId: "aws-1" });
    },
    presignTunnelUrl: (credentials, request, signedAt) => {
      tunnels.push({ ...request, ...sessionOf(credentials), signedAt });
      return answer("presignTunnelUrl", `${request.origin}/openTunnel?signed`);
    },
    writeIntent: (connectionId, state) => {
      written.push({ connectionId, state });
      return answer("writeIntent", undefined);
    },
    writeOutcome: (connectionId, state) => {
      written.push({ connectionId, state });
      return answer("writeOutcome", undefined);
    },
  };
  return { ports, journal, sessions: () => [...sessions.values()], pushes, tunnels, written };
}
