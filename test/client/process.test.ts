import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { chmod, glob, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Metafile } from "esbuild";
import { bundleClient } from "../../client/build.ts";
import { BytecodeCache } from "../../client/bytecode-cache.ts";
import { listen } from "../../local/shared/loopback-server.ts";
import { sampleResponses } from "../support/client/sample-responses.ts";
import { startProxy } from "../support/tunnel/connect-proxy.ts";
import { selfSigned } from "../support/tunnel/self-signed.ts";

/** The bundled client as a process: what only shows there. */

let directory: string;
let client: string;
let metafile: Metafile;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  client = path.join(directory, "latchkey.cjs");
  metafile = await bundleClient(client);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const servers: { stop(): Promise<void> }[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const credentials = { AWS_ACCESS_KEY_ID: "alice", AWS_SECRET_ACCESS_KEY: "alice", AWS_REGION: "us-east-1" };

function spawnClient(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [client, ...args], {
    env: { PATH: process.env["PATH"], HOME: directory, ...credentials, ...env },
  });
  children.push(child);
  child.stdin.end();
  return child;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawnClient(args, env);
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, "close").then(async ([exitCode, signal]) => {
    const [stdout, stderr] = await outputs;
    return { exitCode, signal, stdout, stderr };
  });
  return { child, ended };
}

/** An API whose every request goes to a listener. @returns its URL */
async function serve(answer: RequestListener, tls?: ReturnType<typeof selfSigned>): Promise<string> {
  const server = tls ? createHttpsServer(tls, answer) : createHttpServer(answer);
  const running = await listen(server, 0);
  servers.push(running);
  return tls ? `https://localhost:${running.port}` : `http://127.0.0.1:${running.port}`;
}

const whoAmI: RequestListener = (_, response) => void response.end(JSON.stringify(sampleResponses.whoAmI));
const alice = "alice, a person in Engineer (iam:111122223333/Engineer)\n";

describe("the file", () => {
  test("can be run, and says its version", async () => {
    expect((await stat(client)).mode & 0o777).toBe(0o755);
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await start(["--version"]).ended).toMatchObject({
      stdout: `latchkey ${version}\n`,
      stderr: "",
      exitCode: 0,
    });
  });
  test("has no zod in it, nor what most starts never need but as text", () => {
    const packages = Object.keys(metafile.inputs).filter((file) => file.includes("node_modules/"));
    expect(new Set(packages.map((file) => file.replace(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$/, "$1")))).toEqual(
      new Set(["@noble/hashes", "proxy-from-env", "ws"]),
    );
  });
});

describe("bytecode of an earlier run", () => {
  const says = { stdout: expect.stringMatching(/^latchkey \S+\n$/), stderr: "", exitCode: 0 };
  let home: string;
  let cache: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(directory, "home-"));
    cache = path.join(home, ".cache/latchkey");
  });
  const run = (env: Readonly<Record<string, string>> = {}, args = ["--version"]) =>
    start(args, { HOME: home, ...env }).ended;
  /** What is kept: a file that is written again is another one. */
  const kept = async () => {
    const names = await readdir(cache).catch(() => []);
    return Promise.all(
      names.map(async (name) => ({ file: path.join(cache, name), ...(await stat(path.join(cache, name))) })),
    );
  };

  test("is kept for each command, where only the user reads it, and is used", async () => {
    expect(await run()).toMatchObject(says);
    const [first] = await kept();
    expect([(await stat(cache)).mode & 0o777, (first?.mode ?? 0) & 0o777]).toEqual([0o700, 0o600]);
    expect(await run()).toMatchObject(says);
    expect((await kept()).map(({ ino }) => ino)).toEqual([first?.ino]);
    await run({}, ["help"]);
    expect(await kept()).toHaveLength(2);
  });
  test("that is damaged, or of another length, is made again", async () => {
    await run();
    for (const damage of [(bytes: Buffer) => bytes.fill(1, 500, 900), (bytes: Buffer) => bytes.subarray(0, 20)]) {
      const [{ file, ino } = { file: "", ino: 0 }] = await kept();
      await writeFile(file, damage(await readFile(file)));
      expect(await run()).toMatchObject(says);
      expect((await kept()).map((each) => each.ino)).not.toEqual([ino]);
    }
  });
  test("is neither read nor written in a directory that others may write", async () => {
    await run();
    const [{ file } = { file: "" }] = await kept();
    await writeFile(file, "damaged");
    await chmod(cache, 0o777);
    expect(await run()).toMatchObject(says);
    expect(await readFile(file, "utf8")).toBe("damaged");
  });
  test("is not read from a file that others may write", async () => {
    await run();
    const [{ file, ino } = { file: "", ino: 0 }] = await kept();
    await chmod(file, 0o666);
    expect(await run()).toMatchObject(says);
    expect((await kept()).map((each) => each.ino)).not.toEqual([ino]);
  });
  test("leaves nothing beside it that could not take its place", async () => {
    await run();
    const [{ file } = { file: "" }] = await kept();
    await rm(file);
    await mkdir(file);
    expect(await run()).toMatchObject(says);
    expect((await kept()).map((each) => each.file)).toEqual([file]);
  });
  test.each(["", "."])("is not looked for in the working directory if HOME is %j", (homeDirectory) => {
    const of = { command: "ssh", build: "0" };
    const { platform } = process;
    expect(BytecodeCache.of({ environment: {}, platform, homeDirectory }, of)).toBeUndefined();
    expect(BytecodeCache.of({ environment: {}, platform, homeDirectory: home }, of)).toBeDefined();
  });
  test.each<[circumstances: string, env: Readonly<Record<string, string>>, args: string[], exitCode: number]>([
    ["with NODE_DISABLE_COMPILE_CACHE", { NODE_DISABLE_COMPILE_CACHE: "1" }, ["--version"], 0],
    ["where there is no home", { HOME: "/nonexistent" }, ["--version"], 0],
    ["where the home cannot be written", { HOME: "/proc" }, ["--version"], 0],
    ["of a command that there is not", {}, ["who-am-i"], 64],
    ["of a command that fails", { LATCHKEY_URL: "" }, ["whoami"], 78],
  ])("is not kept %s", async (_, env, args, exitCode) => {
    const ended = await run(env, args);
    expect(ended).toMatchObject({ exitCode, ...(exitCode === 0 && { stderr: "" }) });
    expect(await kept()).toEqual([]);
  });
});

describe("who signs with AWS credentials", () => {
  test("loads nothing of the login: it is imported when it is needed, and openid-client is text till then", () => {
    const isLogin = /^(?:client|sdk)\/login\/|openid-client/;
    const importers = Object.entries(metafile.inputs).flatMap(([importer, { imports }]) =>
      imports.filter(({ path: name }) => isLogin.test(name)).map(({ kind }) => ({ importer, kind })),
    );
    expect(importers.some(({ kind }) => kind === "dynamic-import")).toBe(true);
    expect(importers.filter(({ importer, kind }) => kind !== "dynamic-import" && !isLogin.test(importer))).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((file) => /openid-client|oauth4webapi/.test(file))).toEqual([
      `as-text:${path.resolve("sdk/login/openid-client.ts")}`,
    ]);
  });
});

describe("a signal", () => {
  /** A client that waits for an API which never answers. */
  async function waiting(args: readonly string[]) {
    const { promise: asked, resolve: hasAsked } = Promise.withResolvers<void>();
    const client = start(args, { LATCHKEY_URL: await serve(() => hasAsked()) });
    await asked;
    return client;
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends a call with exit code %d, without a word", async (signal, exitCode) => {
    const { child, ended } = await waiting(["whoami"]);
    child.kill(signal);
    expect(await ended).toEqual({ exitCode, signal: null, stdout: "", stderr: "" });
  });

  test("a second one ends the cleanup of the first at once", async () => {
    const pending = JSON.stringify({ ...sampleResponses.createAccessRequest, status: "pending", isPreexisting: false });
    const { promise: isWaiting, resolve: nowWaits } = Promise.withResolvers<void>();
    const { promise: isCancelling, resolve: nowCancels } = Promise.withResolvers<void>();
    const url = await serve(({ url: target = "" }, response) => {
      if (target.endsWith("/access-requests")) response.writeHead(201).end(pending);
      else if (target.includes("wait=25")) nowWaits();
      else nowCancels();
    });
    const args = ["request", "i-0123456789abcdef0", "--os-user", "root", "--reason", "INC-42", "--wait"];
    const { child, ended } = start(args, { LATCHKEY_URL: url });
    await isWaiting;
    child.kill("SIGINT");
    await isCancelling;
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ exitCode: 130, signal: null });
    // Milliseconds, and less than any time-out of the client's own.
  }, 5000);
});

describe.each<[stream: string, fd: number, exitCode: number, commands: readonly (readonly string[])[]]>([
  [
    "standard output",
    1,
    74,
    [["--version"], ["help"], ["help", "--man"], ["completion", "bash"], ["whoami"], ["whoami", "--json"]],
  ],
  ["standard error", 2, 64, [["who-am-i"]]],
])("where %s is a full disk", (_, fd, exitCode, commands) => {
  test.each(commands.map((args) => [args.join(" "), args] as const))(
    `latchkey %s exits with ${exitCode}`,
    async (_, args) => {
      const stdio = [0, 1, 2].map((each) => (each === fd ? openSync("/dev/full", "w") : "pipe"));
      const env = { HOME: directory, ...credentials, LATCHKEY_URL: await serve(whoAmI) };
      const child = spawn(process.execPath, [client, ...args], { env, stdio });
      children.push(child);
      const said = child.stderr === null ? "" : text(child.stderr);
      expect(await once(child, "close")).toEqual([exitCode, null]);
      expect(await said).toBe(fd === 1 ? "latchkey: the output cannot be written: ENOSPC\n" : "");
    },
  );
});

describe("no child inherits a standard input that it should not read", () => {
  test("only the user's ssh does, and a tokenCommand at a terminal: all others run by runChild, or get none", async () => {
    const found: Record<string, readonly string[] | null> = {};
    for await (const file of glob("{client,sdk}/**/*.ts", { exclude: ["sdk/build/**"] })) {
      const source = await readFile(file, "utf8");
      if (source.includes("node:child_process")) found[file] = source.match(/stdio: .*/g);
    }
    expect(found).toEqual({
      "client/api/token.ts": ['stdio: [terminal.isInteractive ? "inherit" : "ignore", "pipe", "inherit"],'],
      "client/mcp/remote-command.ts": ['stdio: ["ignore", "pipe", "pipe"],'],
      "client/ssh/run-program.ts": [expect.stringContaining('stdio: "inherit"')],
      "client/terminal/run-child.ts": ['stdio: ["ignore", "pipe", mayAsk ? "inherit" : "pipe"],'],
    });
  });

  test("push with an encrypted key and no .pub ends without a terminal, though standard input stays open", async () => {
    const key = path.join(directory, "encrypted");
    const args = ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "a passphrase", "-f", key];
    await once(spawn("ssh-keygen", args), "close");
    await rm(`${key}.pub`);
    const push = [client, "push", "i-0123456789abcdef0", "-i", key];
    const env = { PATH: process.env["PATH"], HOME: directory, ...credentials, LATCHKEY_URL: "http://127.0.0.1:1" };
    const child = spawn(process.execPath, push, { env });
    children.push(child);
    const stderr = text(child.stderr);
    expect({ ended: await once(child, "close"), stderr: await stderr }).toEqual({
      ended: [66, null],
      stderr: expect.stringContaining("if it has a passphrase, write its public half beside it"),
    });
  });
});

test("a reader that stops ends it quietly", async () => {
  const { promise: isDeaf, resolve } = Promise.withResolvers<void>();
  const url = await serve((request, response) => void isDeaf.then(() => whoAmI(request, response)));
  const child = spawnClient(["whoami"], { LATCHKEY_URL: url });
  const stderr = text(child.stderr);
  child.stdout.destroy();
  resolve();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(await stderr).toBe("");
});

describe("over TLS", () => {
  const tls = selfSigned();

  test("a certificate that nobody vouches for is refused, with a hint", async () => {
    expect(await start(["whoami"], { LATCHKEY_URL: await serve(whoAmI, tls) }).ended).toMatchObject({
      stdout: "",
      stderr: expect.stringMatching(/has a certificate that is not trusted \(\w+\)\nhint: .*NODE_EXTRA_CA_CERTS/),
      exitCode: 69,
    });
  });

  test.each([
    ["straight", {}, 0],
    ["through HTTPS_PROXY", { HTTPS_PROXY: "http://127.0.0.1:PORT" }, 1],
    ["straight, where NO_PROXY says so", { HTTPS_PROXY: "http://127.0.0.1:PORT", NO_PROXY: "localhost" }, 0],
  ])("Latchkey is reached %s", async (_, variables, times) => {
    const proxy = await startProxy();
    servers.push(proxy);
    const authority = path.join(directory, "authority.pem");
    await writeFile(authority, tls.cert);
    const url = await serve(whoAmI, tls);
    const named = Object.entries(variables).map(([name, value]) => [name, value.replace("PORT", String(proxy.port))]);
    const env = { LATCHKEY_URL: url, NODE_EXTRA_CA_CERTS: authority, ...Object.fromEntries(named) };
    expect(await start(["whoami"], env).ended).toMatchObject({ stdout: alice, stderr: "", exitCode: 0 });
    expect(proxy.asked.map(({ target }) => target)).toEqual(Array(times).fill(new URL(url).host));
  });
});
