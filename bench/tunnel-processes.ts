import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Readable, Writable } from "node:stream";

/** Where the endpoint's servers listen: for tunnels and for bare TCP. */
export interface EndpointPorts {
  readonly tunnels: number;
  readonly echo: number;
  readonly sink: number;
  readonly source: number;
}

/** A process that connects its standard streams to something. */
export type Relay = ChildProcessByStdio<Writable, Readable, null>;

const script = (name: string) => path.resolve(import.meta.dirname, `${name}.ts`);

/** @param total bytes that its sinks and sources transfer. */
export async function startEndpoint(total: number): Promise<{ readonly ports: EndpointPorts; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [script("tunnel-endpoint"), String(total)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return {
    ports: JSON.parse(line),
    stop: async () => {
      child.kill();
      await once(child, "close");
    },
  };
}

/** `latchkey tunnel`, as ssh runs it. */
export function startClient(client: string, url: string): Relay {
  return spawn(process.execPath, [client, "tunnel"], {
    // A home of its own, for the bytecode that the client keeps.
    env: { PATH: process.env["PATH"], HOME: path.dirname(client), LATCHKEY_TUNNEL_URL: url },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

export function startBareRelay(port: number): Relay {
  return spawn(process.execPath, [script("tunnel-relay"), String(port)], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Closes its standard input and waits for its end. */
export async function endRelay(relay: Relay): Promise<void> {
  const closed = once(relay, "close");
  relay.stdin.end();
  relay.stdout.resume();
  await closed;
}

/** Megabytes of the current resident set. */
export function residentMemory({ pid }: Relay): number {
  return (Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) * 1024) / 1e6;
}
