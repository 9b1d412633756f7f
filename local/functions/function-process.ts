import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import type { WorkerReply, WorkerRequest } from "./messages.ts";

/** A deployed function: its bundle in its own process, without this process's environment. */
export interface FunctionProcess<Event, Result> {
  /** @throws Error if the function throws or its process ends. */
  invoke(event: Event): Promise<Result>;
  stop(): Promise<void>;
}

export interface FunctionOptions {
  /** The directory of its bundle. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds: the function's time-out. */
  readonly timeout: number;
  /** Receives each line that the function logs. */
  readonly onLogLine: (line: string) => void;
}

/** Milliseconds that Lambda adds for a function's initialization, which goes on here while the first events wait. */
const mostInitialization = 10_000;

/** Here Node keeps what it has compiled of the worker, for the next process. Bundles have bytecode of their own. */
const compileCache = path.resolve(import.meta.dirname, "../../build/compile-cache");

/**
 * Starts a function and waits until its bundle has loaded. Unlike Lambda, one process serves several events at a time.
 * The caller vouches for the types of events and results.
 */
export async function startFunction<Event, Result>(options: FunctionOptions): Promise<FunctionProcess<Event, Result>> {
  const child = fork(path.join(import.meta.dirname, "worker.ts"), [], {
    env: { ...options.environment, LAMBDA_TASK_ROOT: options.directory, NODE_COMPILE_CACHE: compileCache },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const replies = new Map<string, PromiseWithResolvers<Result>>();
  const loaded = Promise.withResolvers<void>();
  child.on("message", (reply: WorkerReply) => {
    if (reply.kind === "loaded") return loaded.resolve();
    const pending = replies.get(reply.id);
    replies.delete(reply.id);
    if (reply.kind === "answered") pending?.resolve(reply.result as Result);
    else pending?.reject(new Error(reply.message));
  });
  child.once("exit", (code) => {
    const ended = new Error(`The function's process ended with ${code}`);
    loaded.reject(ended);
    for (const pending of replies.values()) pending.reject(ended);
  });
  forwardLines(child, options.onLogLine);
  await loaded.promise;
  let initialization = mostInitialization;
  return {
    async invoke(event) {
      const id = randomUUID();
      const pending = Promise.withResolvers<Result>();
      replies.set(id, pending);
      const request: WorkerRequest = { id, event, timeout: options.timeout + initialization };
      child.send(request, (error) => error && pending.reject(error));
      const result = await pending.promise;
      initialization = 0;
      return result;
    },
    stop: () => stopChild(child),
  };
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
