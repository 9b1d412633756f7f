import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { WebSocket } from "ws";
import type { Connection } from "../sdk/types.ts";
import type { CommandResult } from "./world.ts";

const tunnelProgram = path.resolve(import.meta.dirname, "../examples/tunnel.mjs");

/** Milliseconds. */
const patience = 15_000;

/** Runs a command on an instance by the machine's own ssh, without its configuration. @param keyFile the private key's. */
export async function logIn(connection: Connection, keyFile: string, command: string): Promise<CommandResult> {
  const { connectionId, hostKeys, ssh, tunnel } = connection;
  const knownHosts = path.join(path.dirname(keyFile), connectionId);
  await writeFile(knownHosts, ssh.knownHosts);
  const options = [
    ["BatchMode", "yes"],
    ["ConnectTimeout", "10"],
    ["UserKnownHostsFile", knownHosts],
    ["GlobalKnownHostsFile", "/dev/null"],
    ...(hostKeys.length === 0 ? [["StrictHostKeyChecking", "accept-new"]] : []),
    ...(tunnel === undefined ? [] : [["ProxyCommand", `'${process.execPath}' '${tunnelProgram}'`]]),
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const args = ["-F", "/dev/null", ...options, "-i", keyFile, ...ssh.args, command];
  // Not on the command line, which others can see.
  const env = { ...process.env, ...(tunnel && { LATCHKEY_TUNNEL_URL: tunnel.url }) };
  return new Promise((resolve) => {
    const child = execFile("ssh", args, { env, timeout: 4 * patience }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : null, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** See `SmokeWorld`. No error repeats the URL, which is a secret. */
export function bannerThrough(secretUrl: string, origin?: string): Promise<string> {
  const options = origin === undefined ? { perMessageDeflate: false } : { perMessageDeflate: true, origin };
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(secretUrl, { ...options, handshakeTimeout: patience });
    const silence = setTimeout(() => fail("nothing came through the tunnel"), patience);
    const end = () => {
      clearTimeout(silence);
      socket.terminate();
    };
    const fail = (message: string) => {
      end();
      reject(new Error(message));
    };
    socket.on("message", (data) => {
      end();
      const [line = ""] = String(data).split("\r\n");
      resolve(line);
    });
    socket.on("unexpected-response", (_, { statusCode }) => fail(`the endpoint refused the tunnel with ${statusCode}`));
    socket.on("close", (code) => fail(`the endpoint closed the tunnel with ${code}`));
    socket.on("error", (error: NodeJS.ErrnoException) => fail(`no tunnel: ${error.code ?? "no WebSocket"}`));
  });
}
