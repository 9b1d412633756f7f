import { type ConnectionCalls, countCalls } from "./connection-calls.ts";
import { type ConnectionType, connectionEvent } from "./events.ts";
import { startProbe } from "./probe-process.ts";
import type { BenchAws } from "./stand-ins.ts";

/** Milliseconds that AWS holds each answer back: what starts together then overlaps for certain. */
const latency = 80;

/** Makes one connection of each type, in a process that has made one already, and counts its calls. */
export async function countConnections(
  script: string,
  bundle: string,
  { world, environment }: BenchAws,
): Promise<Readonly<Record<ConnectionType, ConnectionCalls>>> {
  const probe = startProbe(script, bundle, environment);
  const count = async (connectionType: ConnectionType) => {
    world.log.clear();
    await probe.ask(connectionEvent(connectionType));
    return countCalls(world.log.calls);
  };
  // Whatever is done once in a function's life, or once a minute, is done.
  await probe.ask(connectionEvent("direct"));
  world.latency = latency;
  const counted = { direct: await count("direct"), eice: await count("eice") };
  world.latency = 0;
  await probe.stop();
  return counted;
}
