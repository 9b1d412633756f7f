import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { testClient } from "../e2e/build-bundles.ts";

/** How the client is started: for one person, on a machine without other settings. */
export interface ClientOptions {
  /** The sample caller, whose name is both access key id and secret. Without one, there are no credentials. */
  readonly as?: string;
  /** The stack whose URL the client gets. Without one, it gets none. */
  readonly stack?: { readonly url: string };
  /** HOME. The default is a new directory, removed when the client has ended. */
  readonly home?: string;
  /** Overrides everything else; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunOptions extends ClientOptions {
  /** Standard input. The default is empty. */
  readonly stdin?: string | Buffer;
}

export interface ClientResult {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell reports it: 128 plus the signal number if a signal ended the client. */
  readonly exitCode: number;
}

/**
 * Runs `latchkey` as its user would, with pipes for standard streams, and resolves when it has ended. Jest's own time-out is the
 * bound.
 */
export function runClient(args: readonly string[], options: RunOptions = {}): Promise<ClientResult> {
  return runOnClientMachine("latchkey", args, options);
}

/** Runs another program (`ssh`, `rsync`, …) with `latchkey` on the PATH. */
export async function runOnClientMachine(
  program: string,
  args: readonly string[],
  { stdin = "", home, ...options }: RunOptions = {},
): Promise<ClientResult> {
  const fresh = home === undefined ? await makeHome() : undefined;
  try {
    const child = spawn(program, args, { env: clientEnvironment({ ...options, home: home ?? fresh ?? "" }) });
    child.stdin.on("error", () => {}); // not every command reads its input
    child.stdin.end(stdin);
    return await clientEnd(child);
  } finally {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
  }
}

/** Collects the output of a client, and resolves when it has ended and no process holds its output open. */
async function clientEnd(child: ChildProcessWithoutNullStreams): Promise<ClientResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])));
  });
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), exitCode };
}

/**
 * The whole environment of a client's process: `latchkey` and the stock OpenSSH client on the PATH, without this machine's own
 * ssh configuration, and nothing of this process's own credentials or agent.
 */
export function clientEnvironment({ as, stack, home, env }: ClientOptions & { readonly home: string }) {
  const variables: Readonly<Record<string, string | undefined>> = {
    PATH: `${testClient}/bin:${process.env["PATH"]}`,
    HOME: home,
    // The same directory, so that a test can check that nothing is left.
    TMPDIR: home,
    LANG: "C.UTF-8",
    ...(stack && { LATCHKEY_URL: stack.url }),
    ...(as !== undefined && { AWS_ACCESS_KEY_ID: as, AWS_SECRET_ACCESS_KEY: as, AWS_REGION: "us-east-1" }),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** A HOME for all tests of a file, so that one run of the client finds what another left. */
export function useClientHome(): { readonly directory: string } {
  let made: string | undefined;
  beforeAll(async () => {
    made = await makeHome();
  });
  afterAll(async () => {
    // Programs that have just been ended may still remove files of theirs.
    if (made !== undefined) await rm(made, { recursive: true, force: true, maxRetries: 10 });
  });
  return {
    get directory() {
      if (made === undefined) throw new Error("The home directory is not made yet");
      return made;
    },
  };
}

/** A short path: on macOS the path of a Unix socket has at most 104 bytes. */
function makeHome(): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
}
