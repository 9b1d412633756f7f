import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { table } from "./report.ts";
import { summarize } from "./statistics.ts";
import {
  type EndpointPorts,
  endRelay,
  type Relay,
  residentMemory,
  startBareRelay,
  startClient,
  startEndpoint,
} from "./tunnel-processes.ts";

/** Echoes of one byte before those that count, and those that count. */
const [warmUps, echoes] = [500, 2000];
/** Bytes of one bulk transfer, and the number of each kind. */
const [bulk, turns] = [256 << 20, 15];
/** Bytes before memory is measured, because Node takes some first (a bare relay too), and bytes over which it must not grow. */
const [settling, watched] = [512 << 20, 1 << 30];
/** Bytes between two measurements, which garbage collection makes differ by a few megabytes. */
const lookEvery = 64 << 20;
/** Bytes after which a process has certainly started: more than its pipe holds. */
const starting = 4 << 20;
/** Bytes of one write. */
const chunk = Buffer.alloc(1 << 16, "x");

/** Of many values. */
interface Quantiles {
  readonly median: number;
  readonly upperDecile: number;
}

const quantilesOf = (values: readonly number[]): Quantiles => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { median: at(0.5), upperDecile: at(0.9) };
};

export interface TunnelFigures {
  /** Milliseconds for the round trip of one byte. */
  readonly echo: { readonly tunnel: Quantiles; readonly webSocket: Quantiles; readonly socket: Quantiles };
  /** MiB a second, one of each by turns. */
  readonly rates: Readonly<
    Record<"up" | "down", { readonly tunnel: readonly number[]; readonly bare: readonly number[] }>
  >;
  /** Megabytes in memory in the first and last quarter of a GiB. */
  readonly memory: Readonly<Record<"up" | "down", { readonly before: number; readonly after: number }>>;
}

/** Measures `latchkey tunnel`. @param client the bundled client. */
export async function measureTunnel(client: string): Promise<TunnelFigures> {
  const endpoint = await startEndpoint(bulk);
  try {
    const { ports } = endpoint;
    const tunnelTo = (way: string) => startClient(client, `ws://127.0.0.1:${ports.tunnels}/${way}`);
    const echo = await measureEcho(tunnelTo("echo"), ports);
    const rates = { up: { tunnel: [], bare: [] }, down: { tunnel: [], bare: [] } } as {
      [way in "up" | "down"]: { tunnel: number[]; bare: number[] };
    };
    for (let turn = 0; turn < turns; turn++) {
      if (process.stderr.isTTY) process.stderr.write(`\r${turn + 1} of ${turns}`);
      rates.up.tunnel.push(await upload(tunnelTo("sink"), bulk));
      rates.up.bare.push(await upload(startBareRelay(ports.sink), bulk));
      rates.down.tunnel.push(await download(tunnelTo("source"), bulk));
      rates.down.bare.push(await download(startBareRelay(ports.source), bulk));
    }
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    return { echo, rates, memory: await measureMemory(client) };
  } finally {
    await endpoint.stop();
  }
}

/** By turns, so that other load on the machine affects all three. */
async function measureEcho(relay: Relay, ports: EndpointPorts): Promise<TunnelFigures["echo"]> {
  const socket = connect({ host: "127.0.0.1", port: ports.echo, noDelay: true });
  const webSocket = new WebSocket(`ws://127.0.0.1:${ports.tunnels}/echo`, { perMessageDeflate: false });
  await Promise.all([once(socket, "connect"), once(webSocket, "open")]);
  const byte = Buffer.from("x");
  const ways = {
    tunnel: { send: () => relay.stdin.write(byte), received: () => once(relay.stdout, "data") },
    webSocket: { send: () => webSocket.send(byte), received: () => once(webSocket, "message") },
    socket: { send: () => socket.write(byte), received: () => once(socket, "data") },
  };
  const taken = { tunnel: [], webSocket: [], socket: [] } as Record<keyof typeof ways, number[]>;
  for (let count = 0; count < warmUps + echoes; count++) {
    for (const way of ["tunnel", "webSocket", "socket"] as const) {
      const { send, received } = ways[way];
      const startedAt = performance.now();
      send();
      await received();
      if (count >= warmUps) taken[way].push(performance.now() - startedAt);
    }
  }
  socket.destroy();
  webSocket.terminate();
  await endRelay(relay);
  return {
    tunnel: quantilesOf(taken.tunnel),
    webSocket: quantilesOf(taken.webSocket),
    socket: quantilesOf(taken.socket),
  };
}

/** @returns MiB a second, after the process has started. @param onSent is called with each number of bytes sent. */
async function upload(relay: Relay, total: number, onSent?: (bytes: number) => void): Promise<number> {
  let startedAt = 0;
  for (let sent = 0; sent < total; sent += chunk.length) {
    if (!relay.stdin.write(chunk)) await once(relay.stdin, "drain");
    if (sent >= starting) startedAt ||= performance.now();
    onSent?.(sent);
  }
  await once(relay.stdout, "data"); // everything has arrived
  const rate = rateOf(total - starting, startedAt);
  onSent?.(total);
  await endRelay(relay);
  return rate;
}

/** @returns MiB a second, from the first byte on. @param onReceived is called with each number of bytes received. */
async function download(relay: Relay, total: number, onReceived?: (bytes: number) => void): Promise<number> {
  let [received, startedAt] = [0, 0];
  await new Promise<void>((resolve) => {
    relay.stdout.on("data", ({ length }: Buffer) => {
      startedAt ||= performance.now();
      received += length;
      onReceived?.(received);
      if (received >= total) resolve();
    });
  });
  const rate = rateOf(total, startedAt);
  await endRelay(relay);
  return rate;
}

const rateOf = (bytes: number, startedAt: number) => bytes / (1 << 20) / ((performance.now() - startedAt) / 1000);

async function measureMemory(client: string): Promise<TunnelFigures["memory"]> {
  const total = settling + watched;
  const endpoint = await startEndpoint(total);
  const during = async (way: "sink" | "source", transfer: typeof upload) => {
    const relay = startClient(client, `ws://127.0.0.1:${endpoint.ports.tunnels}/${way}`);
    const looks: number[] = [];
    await transfer(relay, total, (bytes) => {
      if (bytes >= settling + looks.length * lookEvery) looks.push(residentMemory(relay));
    });
    const quarter = Math.floor(looks.length / 4);
    return { before: quantilesOf(looks.slice(0, quarter)).median, after: quantilesOf(looks.slice(-quarter)).median };
  };
  try {
    return { up: await during("sink", upload), down: await during("source", download) };
  } finally {
    await endpoint.stop();
  }
}

/** The tunnel's figures beside those of the baselines. */
export function tunnelTable({ echo, rates, memory }: TunnelFigures): string {
  const delay = ({ median, upperDecile }: Quantiles) => `${median.toFixed(3)} ms (90 %: ${upperDecile.toFixed(3)})`;
  const rate = (values: readonly number[]) => {
    const { median, low, high } = summarize(values);
    return `${median.toFixed(0)} MiB/s (${low.toFixed(0)}–${high.toFixed(0)})`;
  };
  const rateRow = (title: string, { tunnel, bare }: TunnelFigures["rates"]["up"]) => {
    const { median, low, high } = summarize(tunnel.map((value, index) => value / (bare[index] ?? Number.NaN)));
    return [title, `${median.toFixed(2)} × (${low.toFixed(2)}–${high.toFixed(2)})`, rate(tunnel), rate(bare)];
  };
  const memoryRow = (title: string, { before, after }: TunnelFigures["memory"]["up"]) => [
    title,
    `${after - before >= 0 ? "+" : ""}${(after - before).toFixed(0)} MB`,
    `${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`,
  ];
  const added = (from: Quantiles) => `+${(echo.tunnel.median - from.median).toFixed(3)} ms`;
  return table([
    ["", "tunnel / bare", "tunnel", "bare"],
    ["echo of a byte, beside a bare socket", added(echo.socket), delay(echo.tunnel), delay(echo.socket)],
    ["echo of a byte, beside a bare WebSocket", added(echo.webSocket), delay(echo.tunnel), delay(echo.webSocket)],
    rateRow("bulk, to the instance", rates.up),
    rateRow("bulk, from the instance", rates.down),
    memoryRow("memory over a GiB, to the instance", memory.up),
    memoryRow("memory over a GiB, from the instance", memory.down),
  ]);
}
