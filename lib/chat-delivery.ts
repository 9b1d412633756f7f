import { functionLimits } from "./function-limits.ts";

/** How the queues of the chat deliver to `chat`. Times in seconds. */
export const chatDelivery = {
  /** Lambda requires six times the function's time-out. The function has a message delivered earlier if Slack says when. */
  visibilityTimeout: 6 * functionLimits.chat.timeout,
  /** Two days of attempts, if Slack is down for so long: SQS takes 1,000 at most. */
  maxReceiveCount: 960,
  /** Messages per invocation, processed in parallel. */
  batchSize: 10,
} as const;

/** How the types of the events that messages show begin. */
export const chatEventTypes = ["latchkey.access-request.", "latchkey.review.", "latchkey.break-glass."] as const;

/** Concurrent invocations: what people do is answered at once; Slack takes about a message a second in each channel. */
export const chatConcurrency = { inputs: 10, events: 2 } as const;
