import { connectionEvent } from "./events.ts";
import { startProbe } from "./probe-process.ts";

/** The measurements of one fresh process. */
export interface Sample {
  /** Milliseconds from the process's start until its bundle has loaded. */
  readonly ready: number;
  /** Milliseconds from the process's start until the response to the first event, which is waiting from the start. */
  readonly firstResponse: number;
  /** Milliseconds of CPU of all threads by then. */
  readonly firstResponseCpu: number;
  /** Milliseconds of CPU per later request. */
  readonly cpuPerRequest: number;
  /** Megabytes. */
  readonly peakMemory: number;
}

/** Requests before those that count: the first ones compile code. */
const warmUps = 20;
/** Requests that count: their mean is one sample. */
const requests = 100;

/** Starts a fresh process for a bundle, sends it requests one by one, and ends it. */
export async function takeSample(
  script: string,
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<Sample> {
  const probe = startProbe(script, bundle, environment);
  // The type with the most work.
  const ask = () => probe.ask(connectionEvent("eice"));
  const first = await ask();
  let warm = first;
  for (let count = 0; count < warmUps; count++) warm = await ask();
  let last = warm;
  for (let count = 0; count < requests; count++) last = await ask();
  const { loadedAt } = await probe.loaded;
  const { peakMemory } = await probe.stop();
  return {
    ready: loadedAt - probe.startedAt,
    firstResponse: first.respondedAt - probe.startedAt,
    firstResponseCpu: first.cpu,
    cpuPerRequest: (last.cpu - warm.cpu) / requests,
    peakMemory: peakMemory / 1e6,
  };
}
