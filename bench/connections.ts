import { type ConnectionCalls, countCalls } from "./connection-calls.ts";
import { type ConnectionType, connectionEvent } from "./events.ts";
import { startProbe } from "./probe-process.ts";
import type { BenchAws } from "./stand-ins.ts";

/** Milliseconds by which AWS delays each response, so that calls started together overlap. */
const latency = 80;

const caller = { id: "engineer" };

/** Makes one connection of each type, in a warm process, and counts its calls. */
export async function countConnections(
  script: string,
  bundle: string,
  aws: BenchAws,
): Promise<Readonly<Record<ConnectionType, ConnectionCalls>>> {
  const probe = startProbe(script, bundle, aws.checkedEnvironmentOf("connect"));
  const count = async (connectionType: ConnectionType) => {
    await aws.forget();
    await probe.ask(connectionEvent(connectionType, caller));
    return countCalls(await aws.calls());
  };
  // This does what happens once per process, or once in some minutes for a caller.
  await probe.ask(connectionEvent("direct", caller));
  await aws.delay({ table: latency, controlPlane: latency });
  const counted = { direct: await count("direct"), eice: await count("eice") };
  await aws.delay({ table: 0, controlPlane: 0 });
  await probe.stop();
  return counted;
}
