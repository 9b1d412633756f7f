import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { listen, readBody } from "../local/shared/loopback-server.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { fingerprintOfLine } from "../ssh-format/fingerprint.ts";
import { sampleResponses } from "../test/support/client/sample-responses.ts";
import { ratioOf, table, written } from "./report.ts";
import { type Summary, summarize } from "./statistics.ts";

/** RFC 6455, 1.3. */
const webSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Milliseconds of one start of each, side by side. */
export interface ClientStart {
  /** From the start of `latchkey ssh` until the `ssh` that it runs has started. */
  readonly ssh: number;
  /** The same for an instance behind an endpoint, until the tunnel of a real `ssh` is open: a second process of the client. */
  readonly tunnel: number;
  /** From the start of `node -e 0` until its end. */
  readonly node: number;
}

/** Measures starts by turns, and does not count the first of each. @param client the bundled client */
export async function measureClientStart(client: string, runs: number, parts: RunningParts): Promise<ClientStart[]> {
  const directory = path.join(path.dirname(client), "client-start");
  await mkdir(directory);
  const startedFile = path.join(directory, "started");
  // Takes 2 to 3 ms itself, mostly in `date`.
  const program = `#!/bin/sh\nexec date +%s%N > '${startedFile}'\n`;
  await writeFile(path.join(directory, "ssh"), program, { mode: 0o755 });
  const opened: number[] = [];
  const endpoint = parts.keep(await startTunnelEndpoint(() => opened.push(wallClock())));
  const apis = { direct: parts.keep(await startApi()), eice: parts.keep(await startApi(endpoint.port)) };
  const programs = process.env["PATH"] ?? "";
  const envOf = (type: keyof typeof apis) => ({
    PATH: type === "direct" ? `${directory}:${programs}` : programs,
    HOME: directory,
    LATCHKEY_URL: `http://127.0.0.1:${apis[type].port}`,
    AWS_ACCESS_KEY_ID: "alice",
    AWS_SECRET_ACCESS_KEY: "alice",
  });
  const ssh = [client, "ssh", sampleResponses.createConnection.instanceId, "--", "true"];
  const startSsh = async () => {
    await rm(startedFile, { force: true });
    const startedAt = wallClock();
    await run(ssh, envOf("direct"));
    return Number(await readFile(startedFile, "utf8")) / 1e6 - startedAt;
  };
  const startNode = async () => {
    const startedAt = wallClock();
    await run(["-e", "0"], envOf("direct"));
    return wallClock() - startedAt;
  };
  const startTunnel = async () => {
    const startedAt = wallClock();
    // Nothing serves the tunnel, so that ssh fails.
    await run(ssh, envOf("eice"), "fails");
    const openedAt = opened.splice(0)[0];
    if (openedAt === undefined) throw new Error("ssh opened no tunnel");
    return openedAt - startedAt;
  };
  const starts: ClientStart[] = [];
  for (let count = 0; count <= runs; count++)
    starts.push({ node: await startNode(), ssh: await startSsh(), tunnel: await startTunnel() });
  return starts.slice(1);
}

/** @throws Error for too few starts to be meaningful. */
export function clientStartTable(starts: readonly ClientStart[]): string {
  const times = (name: keyof ClientStart) => written(summarize(starts.map((start) => start[name])), "ms");
  const row = (title: string, name: "ssh" | "tunnel") => [
    title,
    written(startRatio(starts, name), "×"),
    ...[times(name), times("node")],
  ];
  return table([
    ["", "latchkey / node", "latchkey ssh", "node -e 0"],
    row("start until ssh runs", "ssh"),
    row("start until the tunnel is open", "tunnel"),
  ]);
}

/** Of a start to that of `node -e 0` beside it. */
export function startRatio(starts: readonly ClientStart[], name: "ssh" | "tunnel"): Summary {
  return ratioOf(
    starts.map((start) => start[name]),
    starts.map(({ node }) => node),
  );
}

/** Milliseconds since 1970 with fractions, as `date` prints them. */
const wallClock = () => performance.timeOrigin + performance.now();

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  end: "succeeds" | "fails" = "succeeds",
): Promise<void> {
  const stderr = end === "fails" ? "ignore" : "inherit";
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", stderr] });
  const [code] = await once(child, "close");
  if ((code === 0) !== (end === "succeeds")) throw new Error(`${args.join(" ")} ended with exit code ${code}`);
}

/** Accepts tunnels and closes them. */
async function startTunnelEndpoint(onOpened: () => void) {
  const server = createServer().on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${webSocketGuid}`);
    socket.on("error", () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
    );
    socket.once("data", () => {
      onOpened();
      socket.destroy();
    });
  });
  return listen(server, 0);
}

/** An API that responds to every request for a connection at once. @param tunnelPort the endpoint's, for type `eice`. */
async function startApi(tunnelPort?: number) {
  // Without warnings, which the client would print at every start.
  const { tunnel, hostKeyFingerprint: __, warnings: ___, ...recorded } = sampleResponses.createConnection;
  const server = createServer(async (request, response) => {
    const { publicKey } = JSON.parse(String(await readBody(request, 8192))) as { publicKey: string };
    const now = Date.now();
    const inOneMinute = new Date(now + 60_000).toISOString();
    const connection = {
      ...recorded,
      connectionType: tunnelPort ? "eice" : "direct",
      ...(tunnelPort && { tunnel: { ...tunnel, url: `ws://127.0.0.1:${tunnelPort}/`, expiresAt: inOneMinute } }),
      host: "127.0.0.1",
      publicKeyFingerprint: fingerprintOfLine(publicKey),
      serverTime: new Date(now).toISOString(),
      expiresAt: inOneMinute,
    };
    response.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify(connection));
  });
  return listen(server, 0);
}
