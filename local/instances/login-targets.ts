import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { addressesOf, type Fleet, type FleetInstance } from "../fleet/fleet.ts";
import type { ActiveKeys } from "./active-keys.ts";
import { makeHostKey } from "./host-key.ts";
import { findHostTools } from "./host-tools.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

/** Where an SSH server listens on this machine. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** The instances of a fleet that accept logins. */
export interface LoginTargets {
  /** `<type> <base64>` by instance id. */
  readonly hostKeys: ReadonlyMap<string, string>;
  /** Where the login server of an address listens. */
  find(address: string): Listener | undefined;
  stop(): Promise<void>;
}

const portTag = "latchkey:ssh-port";

/**
 * Starts an SSH server for each running instance with a loopback address, on the port of its tag `latchkey:ssh-port`, or on a
 * free one that is then written to the tag.
 *
 * @param directory where each instance gets its own directory.
 * @param hidden whether the other instances get a server too, reachable only through tunnels.
 */
export async function startLoginTargets(
  fleet: Fleet,
  activeKeys: ActiveKeys,
  directory: string,
  hidden: boolean,
): Promise<LoginTargets> {
  const tools = await findHostTools();
  const servers: SshServer[] = [];
  const hostKeys = new Map<string, string>();
  const listeners = new Map<string, Listener>();
  for (const instance of fleet.instances.filter(({ State }) => State.Name === "running")) {
    const [host = hidden ? "127.0.0.1" : undefined] = addressesOf(instance).filter(isLoopback);
    if (host === undefined) continue;
    const hostKey = makeHostKey();
    const server = await startSshServer({
      instanceId: instance.InstanceId,
      hostKey,
      listen: { host, port: taggedPort(instance) },
      activeKeys,
      homeDirectory: await mkdtemp(path.join(directory, `${instance.InstanceId}-`)),
      tools,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRNOTAVAIL") throw error;
      console.error(`This machine has no address ${host}: nobody can log in to ${instance.InstanceId}`);
    });
    if (!server) continue;
    servers.push(server);
    hostKeys.set(instance.InstanceId, hostKey.publicKeyLine);
    for (const address of addressesOf(instance)) listeners.set(address, { host, port: server.port });
    if (addressesOf(instance).some(isLoopback)) writePortTag(instance, server.port);
  }
  return {
    hostKeys,
    find: (address) => listeners.get(address),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

function isLoopback(address: string): address is "127.0.0.1" | "::1" {
  return address === "127.0.0.1" || address === "::1";
}

/** 0 (any free port) if the tag names none. */
function taggedPort({ Tags }: FleetInstance): number {
  const port = Number(Tags.find(({ Key }) => Key === portTag)?.Value ?? 0);
  return Number.isInteger(port) && port <= 65_535 ? port : 0;
}

/** Writes the login port to the tag of an instance, for Latchkey and readers of the fleet. */
export function writePortTag(instance: FleetInstance, port: number): void {
  const others = instance.Tags.filter(({ Key }) => Key !== portTag);
  instance.Tags = [...others, { Key: portTag, Value: String(port) }];
}
