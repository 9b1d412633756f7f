import { functionLimits } from "./function-limits.ts";

/** How the queue of started instances hands its messages to `capture`. Times in seconds. */
export const startQueue = {
  /** No boot has shown its host keys by then. */
  deliveryDelay: 30,
  /**
   * Until a message comes again. Lambda asks for six times the function's time-out, so that none comes again while it is worked
   * on. It is how often a console is looked at, too.
   */
  visibilityTimeout: 6 * functionLimits.capture.timeout,
  /** Ten minutes of looks, one a minute, and some more for faults at their end. */
  maxReceiveCount: 16,
  /** Messages in one invocation: as many are worked on beside each other. */
  batchSize: 10,
  /**
   * Invocations at a time: Lambda's least. EC2 bounds how fast an account may ask for consoles, and a fleet that starts at once
   * is to wait rather than to use that up.
   */
  maxConcurrency: 2,
} as const;
