import { functionLimits } from "./function-limits.ts";

/** How the queue of a subscription delivers to `webhooks`. Times in seconds. */
export const webhookQueue = {
  /** Lambda requires six times the function's time-out. The function has a message delivered when its next attempt is due. */
  visibilityTimeout: 6 * functionLimits.webhooks.timeout,
  /** SQS's maximum: it is the age of a message that ends its attempts. This is for one that makes the function fail. */
  maxReceiveCount: 1000,
  /** Messages per invocation, posted at the same time. */
  batchSize: 10,
  /** Concurrent invocations: Lambda's minimum, so that a receiver that hangs takes no more of them. */
  maxConcurrency: 2,
} as const;
