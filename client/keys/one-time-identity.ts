import { writeFileSync } from "node:fs";
import path from "node:path";
import { identityPath, pathValue } from "../quoting/config-value.ts";
import type { World } from "../terminal/world.ts";
import { startAgent } from "./agent.ts";
import type { Identity } from "./identity.ts";
import { writeKeyFile } from "./key-file.ts";
import { makeOneTimeKey, type OneTimeKey } from "./one-time-key.ts";
import { agentSocketName } from "./private-directory.ts";

type Machine = Pick<World, "environment" | "platform">;

/**
 * Makes a key for one connection. Its private half stays in this process: ssh reaches it through an agent. On Windows
 * it is a file, since OpenSSH takes no Unix socket there.
 *
 * @param directory private to the user, and gone when the connection is: see `makePrivateDirectory`.
 */
export async function makeOneTimeIdentity(machine: Machine, directory: string): Promise<Identity> {
  const key = makeOneTimeKey();
  return machine.platform === "win32" ? inFile(machine, key, directory) : inAgent(machine, key, directory);
}

/**
 * Makes a key for one connection that begins when this process has ended (`--print`): in a file, since no agent would
 * be there any more. It is of use for a minute, and its directory is swept at the next start after that.
 */
export async function makeKeptIdentity(machine: Machine, directory: string): Promise<Identity> {
  return inFile(machine, makeOneTimeKey(), directory);
}

async function inAgent(machine: Machine, key: OneTimeKey, directory: string): Promise<Identity> {
  const publicFile = path.join(directory, "key.pub");
  const socketPath = path.join(directory, agentSocketName);
  writeFileSync(publicFile, `${key.publicKey} latchkey\n`, { mode: 0o600 });
  const upstreamPath = machine.environment["SSH_AUTH_SOCK"] || undefined;
  const agent = await startAgent({ key, socketPath, upstreamPath });
  return {
    publicKey: key.publicKey,
    sshOptions: [
      ...["-i", identityPath(publicFile, machine.platform)],
      ...["-o", `IdentityAgent=${pathValue(socketPath, machine.platform)}`],
    ],
    uses: agent.uses,
    dispose: async () => agent.close(),
  };
}

async function inFile(machine: Machine, key: OneTimeKey, directory: string): Promise<Identity> {
  const file = await writeKeyFile(machine, directory, key.privateKeyFile());
  return {
    publicKey: key.publicKey,
    sshOptions: ["-i", identityPath(file, machine.platform)],
    uses: undefined,
    keyFile: file,
    dispose: async () => {}, // it goes with its directory
  };
}
