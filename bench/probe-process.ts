import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { APIGatewayProxyEvent } from "aws-lambda";

/** What a probe says when its bundle has loaded. All its times are milliseconds on the clock that processes share. */
export interface ProbeLoaded {
  readonly loadedAt: number;
}

/** What it says of each event. */
export interface ProbeAnswer {
  readonly answeredAt: number;
  readonly statusCode: number;
  readonly body: string;
  /** Milliseconds of CPU that the process has used so far, all its threads together. */
  readonly cpu: number;
}

/** What it says last. */
export interface ProbeEnded {
  /** Bytes: the largest resident set that the process has had. */
  readonly peakMemory: number;
}

export interface ProbeProcess {
  readonly startedAt: number;
  readonly loaded: Promise<ProbeLoaded>;
  /** Hands it one event. @throws Error where it ends instead, or answers with no success. */
  ask(event: APIGatewayProxyEvent): Promise<ProbeAnswer>;
  stop(): Promise<ProbeEnded>;
}

/** Starts a fresh process that loads one bundle and waits for events. @param script the probe's own bundle. */
export function startProbe(script: string, bundle: string, env: Readonly<Record<string, string>>): ProbeProcess {
  const startedAt = Number(process.hrtime.bigint()) / 1e6;
  const child = spawn(process.execPath, [script, bundle], {
    env: { ...env, LAMBDA_TASK_ROOT: path.dirname(bundle) },
    // What the function logs goes nowhere: on Lambda, too, somebody else takes it.
    stdio: ["pipe", "ignore", "inherit", "pipe"],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject).once("close", () => resolve());
  });
  // The fourth descriptor is a pipe, by `stdio`.
  const lines = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`The probe of ${bundle} ended`);
    return JSON.parse(value);
  };
  const loaded = next<ProbeLoaded>();
  return {
    startedAt,
    loaded,
    async ask(event) {
      child.stdin?.write(`${JSON.stringify(event)}\n`);
      await loaded;
      const answer = await next<ProbeAnswer>();
      if (answer.statusCode >= 300) {
        child.kill();
        throw new Error(`${bundle} answered ${answer.statusCode}: ${answer.body}`);
      }
      return answer;
    },
    async stop() {
      child.stdin?.end();
      const last = await next<ProbeEnded>();
      await ended;
      return last;
    },
  };
}
