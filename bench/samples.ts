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

/** What is measured. */
export interface Target {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes the event of each request. */
  readonly event: () => object;
}

/**
 * Takes samples of each target by turns, so that other load on the machine affects all. The first of each warms the file cache and is not
 * counted.
 */
export async function sampleByTurns<Name extends string>(
  script: string,
  targets: Readonly<Record<Name, Target>>,
  runs: number,
): Promise<Record<Name, Sample[]>> {
  // Object.keys loses the type of the names, and Object.fromEntries that each has a value.
  const names = Object.keys(targets) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
  for (let run = 0; run <= runs; run++) {
    if (process.stderr.isTTY) process.stderr.write(`\r${run} of ${runs}`);
    for (const name of names) {
      const sample = await takeSample(script, targets[name]);
      if (run > 0) samples[name].push(sample);
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return samples;
}

/** Starts a fresh process for a bundle, sends it requests one by one, and ends it. */
async function takeSample(script: string, { bundle, environment, event }: Target): Promise<Sample> {
  const probe = startProbe(script, bundle, environment);
  const ask = () => probe.ask(event());
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
