import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { bundleClient } from "../../../client/build.ts";
import { startProxy } from "../../support/tunnel/connect-proxy.ts";
import {
  closeFrame,
  opcodes,
  pathOfUrl,
  secrets,
  serverFrame,
  startEndpoint,
  type Tunnel,
} from "../../support/tunnel/endpoint.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";
import { selfSigned } from "../../support/tunnel/self-signed.ts";

/** `latchkey tunnel` as ssh runs it: a process of its own, with the tunnel's URL in its environment. */

let directory: string;
let client: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-tunnel-"));
  client = path.join(directory, "latchkey.cjs");
  await bundleClient(client);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const servers: { stop(): Promise<void> }[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** @param preload a module that the process runs first */
function start(url: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = [], preload = "") {
  const module = `data:text/javascript,${encodeURIComponent(preload)}`;
  const child = spawn(process.execPath, ["--import", module, client, "tunnel", ...args], {
    env: { PATH: process.env["PATH"], HOME: directory, LATCHKEY_TUNNEL_URL: url, ...env },
  });
  children.push(child);
  const stderr: Buffer[] = [];
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
  const ended = once(child, "close").then(([exitCode, signal]) => {
    const told = Buffer.concat(stderr).toString();
    for (const secret of Object.values(secrets)) expect(told).not.toContain(secret);
    return { exitCode, signal, stderr: told };
  });
  return { child, ended };
}

async function endpointThat(serve: (tunnel: Tunnel) => void, options?: Parameters<typeof startEndpoint>[1]) {
  const endpoint = await startEndpoint(serve, options);
  servers.push(endpoint);
  return endpoint;
}

async function blackHole(): Promise<number> {
  const server = await listenRaw((socket) => socket.resume());
  servers.push({ stop: () => closePort(server) });
  return portOf(server);
}

const echo = ({ webSocket }: Tunnel) => {
  webSocket.on("data", (bytes: Buffer) => webSocket.send(bytes));
};

/** Makes the process's time run a thousand times as fast. */
const hurry = `
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (run, milliseconds, ...args) => setTimeout(run, milliseconds / 1000, ...args);`;

/** Has the process say at its end how often its event loop has turned. */
const countTurns = `
  import { writeSync } from "node:fs";
  import { performance } from "node:perf_hooks";
  process.on("exit", () => writeSync(2, String(performance.nodeTiming.uvMetricsInfo.loopCount)));`;

describe("an endpoint that cannot be reached fails instead of hanging (aws-cli#8880)", () => {
  test("an endpoint that accepts the connection and never answers", async () => {
    const { ended } = start(`ws://127.0.0.1:${await blackHole()}${pathOfUrl}`, {}, [], hurry);
    const { exitCode, stderr } = await ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 69,
      stderr:
        "latchkey: 127.0.0.1 does not answer (TIMEOUT)\nhint: look at the network, its firewalls, and HTTPS_PROXY and NO_PROXY\n",
    });
  });

  test("at once, where it refuses connections", async () => {
    const server = await listenRaw(() => {});
    const port = portOf(server);
    await closePort(server);
    const { exitCode, stderr } = await start(`ws://127.0.0.1:${port}${pathOfUrl}`).ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 69,
      stderr: expect.stringContaining("latchkey: 127.0.0.1 refuses connections (ECONNREFUSED)\n"),
    });
  });

  test("if a proxy refuses", async () => {
    const proxy = await startProxy({
      answer: (socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    });
    servers.push(proxy);
    const env = { HTTPS_PROXY: `http://alice:hunter2@127.0.0.1:${proxy.port}` };
    const { exitCode, stderr } = await start(`wss://endpoint.invalid${pathOfUrl}`, env).ended;
    expect(exitCode).toBe(69);
    expect(stderr).toContain(`the proxy 127.0.0.1:${proxy.port} does not let the tunnel through: 502`);
    expect(stderr).not.toContain("hunter2");
    expect(proxy.asked).toMatchObject([{ target: "endpoint.invalid:443" }]);
  });
});

describe("the end of standard input ends the tunnel, which does not spin (aws-cli#9344)", () => {
  test("after everything that it had sent, with no frame behind", async () => {
    const frames: number[] = [];
    const endpoint = await endpointThat((tunnel) => {
      tunnel.webSocket.on("data", ({ length }: Buffer) => frames.push(length));
      echo(tunnel);
      void tunnel.closed.then(({ code }) => frames.push(code));
    });
    const { child, ended } = start(endpoint.url);
    child.stdin.write("hello");
    await once(child.stdout, "data");
    child.stdin.end("the last words");
    const { exitCode, stderr } = await ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(frames).toEqual(["hello".length, "the last words".length, 1000]);
  });

  test("nor does it spin while the endpoint does not say goodbye in its turn", async () => {
    const endpoint = await endpointThat((tunnel) => {
      echo(tunnel);
      tunnel.webSocket.once("data", () => setImmediate(() => tunnel.socket.pause()));
    });
    const { child, ended } = start(endpoint.url, {}, [], countTurns);
    child.stdin.write("hello");
    await once(child.stdout, "data");
    child.stdin.end();
    // It is gone after a second, in which a loop that waits hardly turns.
    const { exitCode, stderr: turns } = await ended;
    expect({ exitCode, turns }).toEqual({ exitCode: 0, turns: expect.stringMatching(/^[0-9]{1,3}$/) });
  });

  test("nor is it kept alive by a program that only reads no more", async () => {
    const endpoint = await endpointThat(echo);
    const { child, ended } = start(endpoint.url);
    child.stdin.write("hello");
    await once(child.stdout, "data");
    child.stdout.destroy();
    child.stdin.on("error", () => {}).write("and again");
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("nor does an input that is at its end from the start", async () => {
    const endpoint = await endpointThat(echo);
    const { child, ended } = start(endpoint.url);
    child.stdin.end();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("the far side's end", () => {
  test("is told with its close reason, which is not hidden (rdsconn#6)", async () => {
    const endpoint = await endpointThat(({ socket }) => {
      socket.write(
        Buffer.concat([serverFrame(opcodes.binary, "some bytes"), closeFrame(1011, "Too many connections\u001b[2J")]),
      );
    });
    const { child, ended } = start(endpoint.url);
    const [bytes] = await once(child.stdout, "data");
    expect(`${bytes}`).toBe("some bytes");
    expect(await ended).toMatchObject({
      exitCode: 69,
      stderr: "latchkey: the tunnel's far side closed the tunnel: 1011 Too many connections\\u{1b}[2J\n",
    });
  });

  test("by code 1000 is a good one: all that came is written, though it is read slowly and standard input stays open", async () => {
    const size = 4 << 20; // 4 MiB: more than the pipe holds
    const endpoint = await endpointThat(({ webSocket }) => {
      for (let sent = 0; sent < size; sent += 1 << 16) webSocket.send(Buffer.alloc(1 << 16, "x"));
      webSocket.close(1000, "The time has ended");
    });
    const { child, ended } = start(endpoint.url);
    let received = 0;
    child.stdout.on("readable", () => {
      // A kilobyte a turn.
      const bytes = child.stdout.read(1024) ?? child.stdout.read();
      received += bytes?.length ?? 0;
      if (bytes) setImmediate(() => child.stdout.emit("readable"));
    });
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "latchkey: the tunnel is closed: The time has ended\n" });
    expect(received).toBe(size);
  });

  test("by a refusal is told, with a code for it", async () => {
    const body = '{"ErrorCode": "AccessDenied", "Message": "The URL has expired"}';
    const endpoint = await endpointThat(() => {}, {
      refuse: (socket) => socket.end(`HTTP/1.1 403 Refused\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    });
    expect(await start(endpoint.url).ended).toMatchObject({
      exitCode: 77,
      stderr:
        "latchkey: 127.0.0.1 refuses the tunnel with 403: AccessDenied: The URL has expired\nhint: a tunnel's URL is good for sixty seconds and one address: connect again\n",
    });
  });
});

describe("TLS through a proxy", () => {
  const behindProxy = async (host: (port: number) => string, isMisled = false) => {
    const tls = selfSigned();
    const ca = path.join(directory, "ca.pem");
    await writeFile(ca, tls.cert);
    const endpoint = await endpointThat(echo, { tls });
    const proxy = await startProxy(isMisled ? { misleadTo: endpoint.port } : {});
    servers.push(proxy);
    const env = { NODE_EXTRA_CA_CERTS: ca, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    return { ...start(`wss://${host(endpoint.port)}${pathOfUrl}`, env), endpoint, proxy };
  };

  test("is not taken from somebody who has a good certificate for another name", async () => {
    const { ended, endpoint } = await behindProxy(() => "endpoint.invalid", true);
    expect(await ended).toMatchObject({
      exitCode: 69,
      stderr: expect.stringContaining(
        "endpoint.invalid has a certificate that is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)",
      ),
    });
    expect(endpoint.asked).toBe(0);
  });

  test("carries bytes where the certificate is trusted", async () => {
    const { child, ended, proxy } = await behindProxy((port) => `localhost:${port}`);
    child.stdin.write("hello");
    const [bytes] = await once(child.stdout, "data");
    expect(`${bytes}`).toBe("hello");
    child.stdin.end();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(proxy.asked).toHaveLength(1);
  });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s ends it at once", async (signal, exitCode) => {
  const endpoint = await endpointThat(echo);
  const { child, ended } = start(endpoint.url);
  child.stdin.write("hello");
  await once(child.stdout, "data");
  child.kill(signal);
  expect(await ended).toMatchObject({ exitCode, signal: null, stderr: "" });
});

test.each([
  [["--listen", "0"], ""],
  [["--listen", "0", "--all-users"], "latchkey: every user of this machine can use it, in your name\n"],
])("%j prints the address that it has taken, and Ctrl-C ends it", async (args, warning) => {
  const endpoint = await endpointThat(echo);
  const { child, ended } = start(endpoint.url, {}, args);
  const [line] = await once(child.stdout, "data");
  expect(`${line}`).toMatch(/^127\.0\.0\.1:[0-9]+\n$/);
  const socket = connect({ host: "127.0.0.1", port: Number(`${line}`.split(":")[1]) });
  socket.write("hello");
  const [bytes] = await once(socket, "data");
  expect(`${bytes}`).toBe("hello");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({
    exitCode: 130,
    stderr: `latchkey: each connection to it gets a tunnel of its own, until Ctrl-C\n${warning}`,
  });
});

test.each([
  [["--listen=-1"], "--listen takes a whole number from 0 to 65535"],
  [["--listen", "65536"], "--listen takes a whole number from 0 to 65535"],
  [["--listen", "x"], "--listen takes a whole number from 0 to 65535"],
  [["db-1", "--max-tunnel-duration", "0"], "--max-tunnel-duration takes a whole number from 1 to 3600"],
  [
    ["--instance-id", "db-1", "--max-tunnel-duration", "3601"],
    "--max-tunnel-duration takes a whole number from 1 to 3600",
  ],
])("%j is a fault of usage", async (args, said) => {
  const { exitCode, stderr } = await start("ws://127.0.0.1:1/", { LATCHKEY_URL: "http://127.0.0.1:1" }, args).ended;
  expect(exitCode).toBe(64);
  expect(stderr).toContain(said);
});

test("without an instance and without a URL, it says what it needs", async () => {
  const { exitCode, stderr } = await start("").ended;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 64,
    stderr:
      "latchkey: which instance?\nhint: name it by its id or its Name tag; without one, LATCHKEY_TUNNEL_URL has to have a tunnel's URL\n",
  });
});
