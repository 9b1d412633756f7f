import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { APIGatewayAuthorizerResult, APIGatewayProxyResult } from "aws-lambda";
import { now } from "./clock.ts";
import type { Span } from "./trace.ts";

/** What a probe reports once its bundle has loaded. Times are milliseconds on the clock that processes share. */
export interface ProbeLoaded {
  /** When Node had started, and the probe began. */
  readonly runningAt: number;
  readonly loadedAt: number;
}

/** What it reports for each event. */
export interface ProbeResponse {
  /** The event's. */
  readonly id: number;
  readonly respondedAt: number;
  readonly result: APIGatewayProxyResult | APIGatewayAuthorizerResult;
  /** Milliseconds of CPU of all threads of the process so far. */
  readonly cpu: number;
}

/** What it reports last. */
export interface ProbeEnded {
  /** Bytes: the largest resident set of the process, and that at its end. */
  readonly peakMemory: number;
  readonly memory: number;
  /** From the traced probe. */
  readonly spans?: readonly Span[];
}

/** A response, and when its event was sent. */
export type TimedResponse = ProbeResponse & { readonly askedAt: number };

export interface ProbeProcess {
  readonly startedAt: number;
  readonly loaded: Promise<ProbeLoaded>;
  /** Sends it one event. @throws Error if it ends or does not succeed. */
  ask(event: object): Promise<TimedResponse>;
  stop(): Promise<ProbeEnded>;
}

/**
 * Lambda's, for 1024 MiB. Its --expose-gc is left out: it makes an empty function slower, but not ours, whose loader takes it
 * back.
 */
const heapLimits = ["--max-semi-space-size=51", "--max-old-space-size=922"];

/**
 * Starts a fresh process that loads one bundle and waits for events.
 *
 * @param script the probe's bundle.
 * @param program with its first arguments: what starts Node.
 */
export function startProbe(
  script: string,
  bundle: string,
  env: Readonly<Record<string, string>>,
  [program = "", ...args]: readonly string[] = [process.execPath],
): ProbeProcess {
  const startedAt = now();
  const child = spawn(program, [...args, ...heapLimits, script, bundle], {
    env: { ...env, LAMBDA_TASK_ROOT: path.dirname(bundle) },
    // The log is discarded: on Lambda another process takes it.
    stdio: ["pipe", "ignore", "inherit", "pipe"],
  });
  const [loaded, ended] = [Promise.withResolvers<ProbeLoaded>(), Promise.withResolvers<ProbeEnded>()];
  const asked = new Map<number, PromiseWithResolvers<ProbeResponse>>();
  // The fourth descriptor is a pipe, by `stdio`.
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    const message: ProbeLoaded | ProbeResponse | ProbeEnded = JSON.parse(line);
    if ("loadedAt" in message) loaded.resolve(message);
    else if ("peakMemory" in message) ended.resolve(message);
    else asked.get(message.id)?.resolve(message);
  });
  const closed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const fail = (error: Error) => {
    for (const { reject } of [loaded, ended, ...asked.values()]) reject(error);
  };
  child.once("error", fail);
  closed.then(() => fail(new Error(`The probe of ${bundle} ended`))).catch(fail);
  // Who waits for them hears of it.
  for (const { promise } of [loaded, ended]) promise.catch(() => {});
  let count = 0;
  return {
    startedAt,
    loaded: loaded.promise,
    async ask(event) {
      const id = count++;
      const response = Promise.withResolvers<ProbeResponse>();
      asked.set(id, response);
      const line = `${JSON.stringify({ id, event })}\n`;
      const askedAt = now();
      child.stdin?.write(line);
      const given = await response.promise.finally(() => asked.delete(id));
      if (!hasSucceeded(given)) {
        child.kill();
        throw new Error(`${bundle} returned ${JSON.stringify(given.result)}`);
      }
      return { ...given, askedAt };
    },
    async stop() {
      child.stdin?.end();
      const last = await ended.promise;
      await closed;
      return last;
    },
  };
}

function hasSucceeded({ result }: ProbeResponse): boolean {
  if ("statusCode" in result) return result.statusCode < 300;
  return result.policyDocument.Statement.every(({ Effect }) => Effect === "Allow");
}
