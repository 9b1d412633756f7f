import type { FunctionName } from "../lambda/contract/routes.ts";

interface FunctionLimits {
  /** Seconds. */
  readonly timeout: number;
  /** MiB. Lambda gives CPU in proportion: a cold start that loads Cedar's 4 MB is bound by it. */
  readonly memory: number;
}

/**
 * The functions' bounds. API Gateway waits 29 s at most; a key lives 60 s, so an answer that takes longer than ten is of
 * little use to the caller.
 */
export const functionLimits: Record<FunctionName, FunctionLimits> = {
  connect: { timeout: 10, memory: 1024 },
  instances: { timeout: 10, memory: 1024 },
  service: { timeout: 5, memory: 256 },
};
