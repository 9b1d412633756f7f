import type tls from "node:tls";
import { now } from "./clock.ts";

/** Part of a process's time. Milliseconds on the clock that processes share. */
export interface Span {
  /** `compile` and `call` are Cedar's, `handshake` is one of TLS. */
  readonly kind: "compile" | "call" | "handshake";
  /** Which, where there are several: the function of Cedar. */
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What was noted. */
export const spans: Span[] = [];

function note(kind: Span["kind"], startedAt: number, name = ""): void {
  spans.push({ kind, name, startedAt, endedAt: now() });
}

/** Notes the time of what is done at once. */
function timed<T>(kind: Span["kind"], name: string, act: () => T): T {
  const startedAt = now();
  try {
    return act();
  } finally {
    note(kind, startedAt, name);
  }
}

type Constructor<T> = new (...args: unknown[]) => T;

/** What TypeScript declares only with the browser's library. */
const assembly = WebAssembly as unknown as {
  Module: Constructor<object>;
  Instance: Constructor<{ readonly exports: Readonly<Record<string, unknown>> }>;
};

/** Has WebAssembly note when a module is compiled, and each call of a function that is not the glue code's own. */
export function traceWebAssembly(): void {
  const { Module, Instance } = assembly;
  assembly.Module = new Proxy(Module, {
    construct: (target, args) => timed("compile", "", () => new target(...args)),
  });
  assembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = timed("compile", "", () => new target(...args));
      return Object.create(instance, { exports: { value: traced(instance.exports) } });
    },
  });
}

function traced(exports: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value !== "function" || name.startsWith("__")) return [name, value];
    return [name, (...args: unknown[]) => timed("call", name, () => value(...args))];
  });
  return Object.fromEntries(entries);
}

/** Has TLS note each handshake. */
export function traceTls(loaded: typeof tls): void {
  const { connect } = loaded;
  loaded.connect = new Proxy(connect, {
    apply(target, self, args) {
      const startedAt = now();
      const socket: tls.TLSSocket = Reflect.apply(target, self, args);
      return socket.once("secureConnect", () => note("handshake", startedAt));
    },
  });
}
