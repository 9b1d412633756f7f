import { functionLimits } from "./function-limits.ts";

/** How the queue of started instances delivers to `capture`. Times in seconds. */
export const startQueue = {
  /** No boot has printed its host keys earlier. */
  deliveryDelay: 30,
  /**
   * Until a message is redelivered, and so how often a console is read. Lambda requires six times the function's
   * time-out, so that no message is redelivered while it is being processed.
   */
  visibilityTimeout: 6 * functionLimits.capture.timeout,
  /** Ten minutes of reads, one a minute, and some more for faults at the end. */
  maxReceiveCount: 16,
  /** Messages per invocation, processed in parallel. */
  batchSize: 10,
  /**
   * Concurrent invocations: Lambda's minimum. EC2 limits how fast an account may read consoles, and a fleet that starts at once
   * should wait rather than use that up.
   */
  maxConcurrency: 2,
} as const;
