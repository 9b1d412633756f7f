import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ActiveKeys } from "../../../local/instances/active-keys.ts";
import { makeHostKey } from "../../../local/instances/host-key.ts";
import { findHostTools, type HostTools } from "../../../local/instances/host-tools.ts";
import { type SshServer, startSshServer } from "../../../local/instances/ssh-server.ts";
import { type Lifeline, makeLifeline } from "../../support/lifeline.ts";

/** A client that hangs is killed after this long, in milliseconds. */
const PATIENCE_MS = 150_000;

/** A key pair as `ssh-keygen` makes it. */
export interface KeyPair {
  readonly privateKeyFile: string;
  /** `<algorithm> <base64>` */
  readonly publicKeyLine: string;
}

/** An instance to log in to, and all that a client needs to know about it. */
export interface TestInstance extends SshServer {
  readonly instanceId: string;
  readonly host: string;
  readonly homeDirectory: string;
  readonly knownHostsFile: string;
}

export interface SshResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder, a clock and a store of active keys, in which instances are started; `close` ends and removes everything. */
export class TestBed {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "latchkey-")));
  readonly activeKeys = new ActiveKeys(() => this.now);
  now = new Date("2026-01-01T00:00:00Z");
  readonly #instances: TestInstance[] = [];
  readonly #lifelines: Lifeline[] = [];

  async makeKeyPair(name: string, ...type: string[]): Promise<KeyPair> {
    const privateKeyFile = join(this.folder, name);
    await promisify(execFile)("ssh-keygen", ["-q", "-N", "", "-C", "", "-f", privateKeyFile, "-t", ...type]);
    return { privateKeyFile, publicKeyLine: readFileSync(`${privateKeyFile}.pub`, "utf8").trim() };
  }

  /** @param tools by default, those of this machine */
  async startInstance(
    instanceId: string,
    host: "127.0.0.1" | "::1" = "127.0.0.1",
    tools?: HostTools,
  ): Promise<TestInstance> {
    const homeDirectory = join(this.folder, instanceId);
    const knownHostsFile = join(this.folder, `${instanceId}.known_hosts`);
    const hostKey = makeHostKey();
    mkdirSync(homeDirectory);
    writeFileSync(knownHostsFile, `${instanceId} ${hostKey.publicKeyLine}\n`);
    const { activeKeys } = this;
    const server = await startSshServer({
      instanceId,
      hostKey,
      listen: { host, port: 0 },
      activeKeys,
      homeDirectory,
      tools: tools ?? (await findHostTools()),
    });
    const instance = { ...server, instanceId, host, homeDirectory, knownHostsFile };
    this.#instances.push(instance);
    return instance;
  }

  async makeLifeline(): Promise<Lifeline> {
    const made = await makeLifeline(this.folder);
    this.#lifelines.push(made);
    return made;
  }

  async close(): Promise<void> {
    for (const lifeline of this.#lifelines) lifeline.cut();
    for (const instance of this.#instances) await instance.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** The command line of the stock client: nothing of its user's own configuration, keys or known hosts. */
export function sshArguments(
  { instanceId, host, port, knownHostsFile }: TestInstance,
  { privateKeyFile }: KeyPair,
  { osUser = "ec2-user", options = [] as readonly string[], command = "" } = {},
): string[] {
  const settings = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${knownHostsFile}`,
    "GlobalKnownHostsFile=/dev/null",
    `HostKeyAlias=${instanceId}`,
    "IdentitiesOnly=yes",
    `IdentityFile=${privateKeyFile}`,
    `Port=${port}`,
  ];
  const optionsOf = (list: readonly string[]) => list.flatMap((setting) => ["-o", setting]);
  // The first value of a setting holds.
  const all = ["-F", "/dev/null", ...optionsOf(options), ...optionsOf(settings), `${osUser}@${host}`];
  return command === "" ? all : [...all, command];
}

/** Starts the stock client, without the environment of this process. */
export function startSsh(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn("ssh", args, { env: { PATH: process.env["PATH"] } });
}

/** Logs in by the stock client, and resolves when it ends. */
export function ssh(
  instance: TestInstance,
  key: KeyPair,
  login: { osUser?: string; options?: readonly string[]; command?: string } & RunOptions = {},
): Promise<SshResult> {
  return run("ssh", sshArguments(instance, key, login), login);
}

interface RunOptions {
  readonly input?: string | Buffer;
  /** Kills the program. */
  readonly signal?: AbortSignal;
}

/** Runs a program, without the environment of this process, and resolves when it ends; rejects if it is killed. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<SshResult> {
  const { input = "", signal } = options;
  const env = { PATH: process.env["PATH"], LANG: "C" };
  const child = spawn(program, args, { env, timeout: PATIENCE_MS, ...(signal && { signal }) });
  child.stdin.on("error", () => {}); // not everything reads its input
  child.stdin.end(input);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      if (killedBy) reject(new Error(`${program} was killed by ${killedBy}`));
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Whether there is such a process now. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
