import { existsSync } from "node:fs";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";

/** A share of the CPU, for processes that are started in it. */
export interface CpuQuota {
  /** What starts Node in it: a program with its first arguments. */
  readonly program: readonly string[];
  set(cores: number): Promise<void>;
  stop(): Promise<void>;
}

/** Microseconds in which a process may use its share. Lambda's own period is not documented. */
const period = 20_000;

const root = "/sys/fs/cgroup";

/** Makes a control group of Linux, of either version. @throws Error where it may not. */
export async function makeCpuQuota(): Promise<CpuQuota> {
  const isSecond = existsSync(path.join(root, "cgroup.controllers"));
  const group = path.join(root, isSecond ? "" : "cpu", `latchkey-bench-${process.pid}`);
  const write = (file: string, value: string | number) => writeFile(path.join(group, file), String(value));
  try {
    if (isSecond) await writeFile(path.join(root, "cgroup.subtree_control"), "+cpu");
    await mkdir(group);
  } catch (cause) {
    throw new Error("A share of the CPU takes root, and control groups of Linux", { cause });
  }
  const inGroup = `echo $$ > ${path.join(group, "cgroup.procs")} && exec "$0" "$@"`;
  return {
    program: ["sh", "-c", inGroup, process.execPath],
    async set(cores) {
      const quota = Math.round(cores * period);
      if (isSecond) return write("cpu.max", `${quota} ${period}`);
      await write("cpu.cfs_period_us", period);
      await write("cpu.cfs_quota_us", quota);
    },
    stop: () => rmdir(group),
  };
}
