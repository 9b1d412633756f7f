import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { listen, readBody } from "../local/shared/loopback-server.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { fingerprintOfLine } from "../ssh-format/fingerprint.ts";
import { sampleResponses } from "../test/support/client/sample-responses.ts";
import { table, written } from "./report.ts";
import { summarize } from "./statistics.ts";

/** Milliseconds of one start of each, side by side. */
export interface ClientStart {
  /** From the start of `latchkey ssh` until the `ssh` that it runs has started. */
  readonly ssh: number;
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
  const { port } = parts.keep(await startApi());
  const env = {
    PATH: `${directory}:${process.env["PATH"]}`,
    HOME: directory,
    LATCHKEY_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "alice",
    AWS_SECRET_ACCESS_KEY: "alice",
  };
  const startSsh = async () => {
    await rm(startedFile, { force: true });
    const startedAt = wallClock();
    await run([client, "ssh", sampleResponses.createConnection.instanceId, "--", "true"], env);
    return Number(await readFile(startedFile, "utf8")) / 1e6 - startedAt;
  };
  const startNode = async () => {
    const startedAt = wallClock();
    await run(["-e", "0"], env);
    return wallClock() - startedAt;
  };
  const starts: ClientStart[] = [];
  for (let count = 0; count <= runs; count++) starts.push({ node: await startNode(), ssh: await startSsh() });
  return starts.slice(1);
}

/** @throws Error for too few starts to be meaningful. */
export function clientStartTable(starts: readonly ClientStart[]): string {
  const ratios = summarize(starts.map(({ ssh, node }) => ssh / node));
  const times = (name: keyof ClientStart) => written(summarize(starts.map((start) => start[name])), "ms");
  return table([
    ["", "latchkey / node", "latchkey ssh", "node -e 0"],
    ["start until ssh runs", written(ratios, "×"), times("ssh"), times("node")],
  ]);
}

/** Milliseconds since 1970 with fractions, as `date` prints them. */
const wallClock = () => performance.timeOrigin + performance.now();

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with exit code ${code}`);
}

/** An API that responds to every request for a connection at once. */
async function startApi() {
  // Without warnings, which the client would print at every start.
  const { tunnel: _, hostKeyFingerprint: __, warnings: ___, ...recorded } = sampleResponses.createConnection;
  const server = createServer(async (request, response) => {
    const { publicKey } = JSON.parse(String(await readBody(request, 8192))) as { publicKey: string };
    const now = Date.now();
    const connection = {
      ...recorded,
      connectionType: "direct",
      host: "127.0.0.1",
      publicKeyFingerprint: fingerprintOfLine(publicKey),
      serverTime: new Date(now).toISOString(),
      expiresAt: new Date(now + 60_000).toISOString(),
    };
    response.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify(connection));
  });
  return listen(server, 0);
}
