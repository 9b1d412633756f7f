import { connectionEvent } from "./events.ts";
import { startProbe } from "./probe-process.ts";

/** What one fresh process tells. */
export interface Sample {
  /** Milliseconds from the process's start until its bundle has loaded. */
  readonly ready: number;
  /** Milliseconds from the process's start until the first event, there from the beginning, is answered. */
  readonly firstAnswer: number;
  /** Milliseconds of CPU that the process has used by then, all its threads together. */
  readonly firstAnswerCpu: number;
  /** Milliseconds of CPU for each later request. */
  readonly cpuPerRequest: number;
  /** Megabytes. */
  readonly peakMemory: number;
}

/** Requests of a process before those that count: the first ones compile code. */
const warmUps = 20;
/** Requests that count: the mean of these is one sample. */
const requests = 100;

/** Starts a fresh process for a bundle, sends it requests one after the other, and ends it. */
export async function takeSample(
  script: string,
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<Sample> {
  const probe = startProbe(script, bundle, environment);
  // The type that takes the most work.
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
    firstAnswer: first.answeredAt - probe.startedAt,
    firstAnswerCpu: first.cpu,
    cpuPerRequest: (last.cpu - warm.cpu) / requests,
    peakMemory: peakMemory / 1e6,
  };
}
