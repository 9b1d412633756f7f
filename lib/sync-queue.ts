import { syncInterval } from "../lambda/inventory/plan-syncs.ts";
import { functionLimits } from "./function-limits.ts";

/** How the queue of syncs and events delivers to `sync`. Times in seconds. */
export const syncDelivery = {
  /** Between two starts of all syncs. */
  interval: syncInterval,
  /** Lambda requires six times the function's time-out. */
  visibilityTimeout: 6 * functionLimits.sync.timeout,
  /** A message is redelivered only if AWS fails in our own account, or the function does. */
  maxReceiveCount: 5,
  /** Messages per invocation, processed in parallel. */
  batchSize: 10,
  /** Concurrent invocations: Lambda's minimum, so that no more than 20 targets are called at once. */
  maxConcurrency: 2,
} as const;
