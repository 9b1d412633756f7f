import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { APIGatewayAuthorizerResult, APIGatewayProxyResult } from "aws-lambda";

/** What a probe reports once its bundle has loaded. Times are milliseconds on the clock that processes share. */
export interface ProbeLoaded {
  readonly loadedAt: number;
}

/** What it reports for each event. */
export interface ProbeResponse {
  readonly respondedAt: number;
  readonly result: APIGatewayProxyResult | APIGatewayAuthorizerResult;
  /** Milliseconds of CPU of all threads of the process so far. */
  readonly cpu: number;
}

/** What it reports last. */
export interface ProbeEnded {
  /** Bytes: the largest resident set of the process. */
  readonly peakMemory: number;
}

export interface ProbeProcess {
  readonly startedAt: number;
  readonly loaded: Promise<ProbeLoaded>;
  /** Sends it one event. @throws Error if it ends or does not succeed. */
  ask(event: object): Promise<ProbeResponse>;
  stop(): Promise<ProbeEnded>;
}

/** Starts a fresh process that loads one bundle and waits for events. @param script the probe's bundle. */
export function startProbe(script: string, bundle: string, env: Readonly<Record<string, string>>): ProbeProcess {
  const startedAt = Number(process.hrtime.bigint()) / 1e6;
  const child = spawn(process.execPath, [script, bundle], {
    env: { ...env, LAMBDA_TASK_ROOT: path.dirname(bundle) },
    // The log is discarded: on Lambda another process takes it.
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
      const response = await next<ProbeResponse>();
      if (!hasSucceeded(response)) {
        child.kill();
        throw new Error(`${bundle} returned ${JSON.stringify(response.result)}`);
      }
      return response;
    },
    async stop() {
      child.stdin?.end();
      const last = await next<ProbeEnded>();
      await ended;
      return last;
    },
  };
}

function hasSucceeded({ result }: ProbeResponse): boolean {
  if ("statusCode" in result) return result.statusCode < 300;
  return result.policyDocument.Statement.every(({ Effect }) => Effect === "Allow");
}
