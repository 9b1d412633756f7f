import type { CpuQuota } from "./cpu-quota.ts";
import { startProbe } from "./probe-process.ts";
import type { Target } from "./samples.ts";
import type { BenchAws, Latency } from "./stand-ins.ts";
import { minRuns, type Summary, summarize } from "./statistics.ts";

/** Lambda's memory in MiB, and the share of cores that comes with it: one at 1769. */
const memorySettings = [512, 1024, 1769, 3129].map((mebibytes) => ({ mebibytes, cores: mebibytes / 1769 }));

/** Requests that are not counted, with the whole CPU, and those that are. */
const [warmUps, counted] = [300, 40];
const atOnce: Latency = { table: 0, controlPlane: 0 };

/** Milliseconds until a response, with the CPU of one setting. */
export interface SettingTimes {
  readonly mebibytes: number;
  readonly cores: number;
  /** A first response, if the share holds from the start, and if the function loads with a whole core at least. */
  readonly cold: Summary;
  readonly coldWithBoost: Summary;
  /** A request of a warm process. */
  readonly warm: Summary;
}

/** Measures each setting, with AWS's responses delayed. @param script the probe. */
export async function measureSettings(
  script: string,
  { bundle, environment, event }: Target,
  { aws, latency, quota }: { readonly aws: BenchAws; readonly latency: Latency; readonly quota: CpuQuota },
): Promise<readonly SettingTimes[]> {
  const start = () => startProbe(script, bundle, environment, quota.program);
  const cold = async (cores: number, whileLoading: number) => {
    await quota.set(whileLoading);
    const probe = start();
    await probe.loaded;
    await quota.set(cores);
    const { respondedAt } = await probe.ask(event());
    await probe.stop();
    return respondedAt - probe.startedAt;
  };
  const warm = async (cores: number) => {
    await quota.set(2);
    await aws.delay(atOnce);
    const probe = start();
    for (let count = 0; count < warmUps; count++) await probe.ask(event());
    await quota.set(cores);
    await aws.delay(latency);
    const times: number[] = [];
    for (let count = 0; count < counted; count++) {
      const { askedAt, respondedAt } = await probe.ask(event());
      times.push(respondedAt - askedAt);
    }
    await probe.stop();
    return summarize(times);
  };
  const starts = memorySettings.map((setting) => ({ ...setting, plain: [] as number[], boosted: [] as number[] }));
  await aws.delay(latency);
  // By turns, so that other load on the machine affects all.
  for (let run = 0; run < minRuns; run++) {
    for (const { cores, plain, boosted } of starts) {
      plain.push(await cold(cores, cores));
      boosted.push(await cold(cores, Math.max(1, cores)));
    }
  }
  const results: SettingTimes[] = [];
  for (const { mebibytes, cores, plain, boosted } of starts) {
    const times = { cold: summarize(plain), coldWithBoost: summarize(boosted), warm: await warm(cores) };
    results.push({ mebibytes, cores, ...times });
  }
  await aws.delay(atOnce);
  return results;
}
