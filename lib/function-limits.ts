import type { FunctionName } from "../contract/routes.ts";

interface FunctionLimits {
  /** Seconds. */
  readonly timeout: number;
  /** MiB. Lambda gives CPU in proportion: a cold start that loads Cedar's 4 MB is bound by it. */
  readonly memory: number;
}

/**
 * The functions' bounds. API Gateway waits 29 s at most; a key lives 60 s, so an answer that takes longer than ten is of
 * little use to the caller. Only `wait` lingers: 25 s at its caller's wish, and a little for the answer itself.
 */
export const functionLimits: Record<FunctionName, FunctionLimits> = {
  connect: { timeout: 10, memory: 1024 },
  instances: { timeout: 10, memory: 1024 },
  access: { timeout: 10, memory: 1024 },
  // It mostly waits, and Lambda bills memory for as long.
  wait: { timeout: 28, memory: 512 },
  audit: { timeout: 10, memory: 1024 },
  register: { timeout: 10, memory: 1024 },
  service: { timeout: 5, memory: 256 },
  // A batch of the stream, with a bus that does not answer: retried by Lambda for as long as it takes.
  projector: { timeout: 60, memory: 512 },
  // Rung for each minute: one has ended when the next begins.
  sweep: { timeout: 50, memory: 512 },
  // A look at ten consoles beside each other, and a write. The queue waits for six times as long until it brings one again.
  capture: { timeout: 10, memory: 512 },
};
