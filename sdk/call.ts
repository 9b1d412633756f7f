import type { Operations } from "./types.ts";

export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for each attempt; by default 30 seconds, or what a long poll needs. */
  readonly timeout?: number | undefined;
  /** By default a new one for each call. Use your own to repeat a call after your program has restarted. */
  readonly idempotencyKey?: string | undefined;
}

/** The arguments of a call: the input may be left out if the operation needs none. */
export type CallArguments<Name extends keyof Operations> =
  Record<never, never> extends Operations[Name]["input"]
    ? [input?: Operations[Name]["input"], options?: CallOptions]
    : [input: Operations[Name]["input"], options?: CallOptions];

/** Makes one call of the API: see `Latchkey.call`. */
export type Call = <Name extends keyof Operations>(
  name: Name,
  ...args: CallArguments<Name>
) => Promise<Operations[Name]["response"]>;
