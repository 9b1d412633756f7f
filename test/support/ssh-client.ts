import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import type { Connection } from "../../contract/connection.ts";

/** A key pair made by the real ssh-keygen, in its own directory. */
export interface KeyPair {
  readonly directory: string;
  /** The private key's file. */
  readonly file: string;
  /** The public key as ssh-keygen wrote it, with its comment. */
  readonly publicKey: string;
  remove(): Promise<void>;
}

async function makeKeyPair(type = "ed25519", bits?: number): Promise<KeyPair> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  const file = path.join(directory, "key");
  const { code, stderr } = await run("ssh-keygen", [
    "-q",
    "-t",
    type,
    ...(bits ? ["-b", `${bits}`] : []),
    "-N",
    "",
    "-f",
    file,
  ]);
  if (code !== 0) throw new Error(`ssh-keygen failed: ${stderr}`);
  const publicKey = (await readFile(`${file}.pub`, "utf8")).trim();
  return { directory, file, publicKey, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A key pair for all tests of a file. Defined only while tests run. */
export function useKeyPair(type?: string, bits?: number): { readonly pair: KeyPair } {
  let made: KeyPair | undefined;
  beforeAll(async () => {
    made = await makeKeyPair(type, bits);
  });
  afterAll(async () => made?.remove());
  return {
    get pair() {
      if (!made) throw new Error("The key pair is not made yet");
      return made;
    },
  };
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command on an instance by the stock OpenSSH client, used as the contract says:
 * `ssh -i KEY -o UserKnownHostsFile=FILE "${args[@]}" COMMAND`, with nothing of this machine's own ssh configuration.
 */
export async function runSsh(
  { ssh, connectionId }: Pick<Connection, "ssh" | "connectionId">,
  key: KeyPair,
  command: string,
  options: readonly string[] = [],
): Promise<CommandResult> {
  const knownHosts = path.join(key.directory, `${connectionId}.known_hosts`);
  await writeFile(knownHosts, ssh.knownHosts);
  const stock = ["-F", "/dev/null", "-o", "BatchMode=yes", "-o", "GlobalKnownHostsFile=/dev/null", ...options];
  return run("ssh", [...stock, "-i", key.file, "-o", `UserKnownHostsFile=${knownHosts}`, ...ssh.args, command]);
}

export async function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { code, stdout, stderr };
}
