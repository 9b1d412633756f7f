import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../cli/context.ts";
import { identityPath, pathValue } from "../ssh/config-value.ts";
import { startAgent } from "./agent.ts";
import type { Identity } from "./identity.ts";
import { writeKeyFile } from "./key-file.ts";
import { makeOneTimeKey, type OneTimeKey } from "./one-time-key.ts";
import { agentSocketName } from "./private-directory.ts";

type World = Pick<Context, "environment" | "platform">;

/**
 * Makes a key for one connection. Its private half stays in this process: ssh reaches it through an agent. On Windows it is a file,
 * since OpenSSH takes no Unix socket there.
 *
 * @param directory private to the user, and gone when the connection is: see `makePrivateDirectory`.
 */
export async function makeOneTimeIdentity(world: World, directory: string): Promise<Identity> {
  const key = makeOneTimeKey();
  return world.platform === "win32" ? inFile(world, key, directory) : inAgent(world, key, directory);
}

/**
 * Makes a key for one connection that begins when this process has ended (`--print`): in a file, since no agent would be there any
 * more. It is of use for a minute, and its directory is swept at the next start after that.
 */
export async function makeKeptIdentity(world: World, directory: string): Promise<Identity> {
  return inFile(world, makeOneTimeKey(), directory);
}

async function inAgent(world: World, key: OneTimeKey, directory: string): Promise<Identity> {
  const publicFile = path.join(directory, "key.pub");
  const socketPath = path.join(directory, agentSocketName);
  const [agent] = await Promise.all([
    startAgent({ key, socketPath, upstreamPath: world.environment["SSH_AUTH_SOCK"] || undefined }),
    writeFile(publicFile, `${key.publicKey} latchkey\n`, { mode: 0o600 }),
  ]);
  return {
    publicKey: key.publicKey,
    sshOptions: [
      ...["-i", identityPath(publicFile, world.platform)],
      ...["-o", `IdentityAgent=${pathValue(socketPath, world.platform)}`],
    ],
    uses: agent.uses,
    dispose: async () => agent.close(),
  };
}

async function inFile(world: World, key: OneTimeKey, directory: string): Promise<Identity> {
  const file = await writeKeyFile(world, directory, key.privateKeyFile());
  return {
    publicKey: key.publicKey,
    sshOptions: ["-i", identityPath(file, world.platform)],
    uses: undefined,
    keyFile: file,
    dispose: () => rm(file, { force: true }),
  };
}
