import type { BundleName } from "../contract/routes.ts";

interface FunctionLimits {
  /** Seconds. */
  readonly timeout: number;
  /** MiB. Lambda gives CPU in proportion, which limits a cold start that loads Cedar's 4 MB. */
  readonly memory: number;
}

/**
 * The limits of the functions. API Gateway waits 29 s at most; a key lives 60 s, so a response after more than ten is of little
 * use. Only `wait` takes longer: up to 25 s as its caller asks, and a little for the response.
 */
export const functionLimits: Record<BundleName, FunctionLimits> = {
  connect: { timeout: 10, memory: 1024 },
  instances: { timeout: 10, memory: 1024 },
  inspect: { timeout: 10, memory: 1024 },
  access: { timeout: 10, memory: 1024 },
  // It mostly waits, while Lambda bills its memory.
  wait: { timeout: 28, memory: 512 },
  audit: { timeout: 10, memory: 1024 },
  register: { timeout: 10, memory: 1024 },
  service: { timeout: 5, memory: 256 },
  // Longer than it waits for an issuer's keys.
  authorize: { timeout: 5, memory: 256 },
  console: { timeout: 5, memory: 256 },
  // Slack waits for three seconds. Lambda gives so much memory 0.58 of a CPU.
  slack: { timeout: 5, memory: 1024 },
  // A batch, each of whose messages takes calls of Slack, which may be slow.
  chat: { timeout: 30, memory: 1024 },
  // Longer than it waits for the two providers of its pages.
  link: { timeout: 10, memory: 512 },
  // Longer than a receiver has to respond.
  webhooks: { timeout: 30, memory: 256 },
  // Long enough for a batch while the bus times out. Lambda retries the batch.
  projector: { timeout: 60, memory: 512 },
  // Triggered each minute: one run must end before the next starts.
  sweep: { timeout: 50, memory: 512 },
  // Reads ten consoles in parallel, and writes. The queue redelivers after six times this.
  capture: { timeout: 10, memory: 512 },
  // Pages of ten targets, each of which may hang for ten seconds, and have a thousand new instances: 9,000 small writes, which took
  // three seconds of a CPU. With this memory Lambda gives a whole one.
  sync: { timeout: 60, memory: 1769 },
};
