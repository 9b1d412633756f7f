import type { PostResponse } from "./guarded-post.ts";
import type { SignedMessage } from "./signed-message.ts";

/** Where to deliver. */
export interface Subscription {
  readonly name: string;
  readonly url: string;
}

/** The queue of a subscription. Each rejects with a Problem, and stops when its signal aborts. */
export interface WebhookQueue {
  /** Hides a received message for so many seconds. */
  hide(receiptHandle: string, seconds: number, signal: AbortSignal): Promise<void>;
  /** Puts a copy of a message into the dead-letter queue. */
  bury(body: string, why: string, signal: AbortSignal): Promise<void>;
}

/** Which receivers have asked for no more. Each rejects with a Problem, and stops when its signal aborts. */
export interface GoneReceivers {
  isGone(subscription: Subscription, signal: AbortSignal): Promise<boolean>;
  markGone(subscription: Subscription, at: Date, signal: AbortSignal): Promise<void>;
}

export interface WebhookPorts {
  readonly gone: GoneReceivers;
  queueOf(name: string): WebhookQueue;
  /** Rejects with a Problem, and stops when its signal aborts. Empty if the subscription has none. */
  secretsOf(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Rejects with PostFailure. */
  post(url: string, message: SignedMessage, signal: AbortSignal): Promise<PostResponse>;
  /** Until when a subscription's receiver has asked to be left alone. */
  readonly holds: Map<string, Date>;
}
