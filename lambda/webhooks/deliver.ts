import * as z from "zod";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { PostFailure } from "./guarded-post.ts";
import type { Subscription, WebhookPorts } from "./ports.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { signedMessage } from "./signed-message.ts";
import { isAttemptDue, longestHiding, secondsToNext } from "./timetable.ts";

/** A message as its queue delivers it. */
export interface ReceivedMessage {
  /** A CloudEvent, as JSON. */
  readonly body: string;
  readonly receiptHandle: string;
  readonly sentAt: Date;
}

/** Why an event was not delivered: a status, what went wrong before there was one, or why nothing was sent. */
type Why = `status-${number}` | PostFailure["reason"] | "no-secret" | "gone" | "malformed";

/** What became of a message. Times in seconds. */
export type Delivery =
  | { readonly outcome: "delivered" }
  /** The attempt failed; the next is after so many seconds. */
  | { readonly outcome: "failed"; readonly why: Why; readonly age: number; readonly seconds: number }
  /** Nothing was sent: it is not yet time. */
  | { readonly outcome: "waiting"; readonly seconds: number }
  /** It is in the dead-letter queue. */
  | { readonly outcome: "buried"; readonly why: Why };

/** The part of a CloudEvent that is read. */
const cloudEvent = z.looseObject({
  id: z.string().regex(/^[\w-]+$/),
  data: z.looseObject({ sequence: z.int() }),
});

/**
 * Delivers an event to a subscription's receiver, if it is time for an attempt. A failed attempt hides the message until the next; after
 * the last one, or if the receiver responds with 410, the message goes to the dead-letter queue.
 *
 * @throws Problem if queue, table or secrets fail: then nothing is known of the message, and the queue redelivers it.
 */
export async function deliver(
  ports: WebhookPorts,
  subscription: Subscription,
  message: ReceivedMessage,
  context: RequestContext,
): Promise<Delivery> {
  const { clock, deadline } = context;
  const { signal } = deadline;
  const { name } = subscription;
  const queue = ports.queueOf(name);
  const bury = async (why: Why): Promise<Delivery> => {
    await queue.bury(message.body, why, signal);
    return { outcome: "buried", why };
  };
  const wait = async (seconds: number): Promise<Delivery> => {
    await queue.hide(message.receiptHandle, seconds, signal);
    return { outcome: "waiting", seconds };
  };
  const event = readEvent(message.body);
  if (!event) return bury("malformed");
  const now = clock();
  const age = secondsBetween(message.sentAt, now);
  const held = secondsBetween(now, ports.holds.get(name) ?? now);
  if (held > 0) return wait(Math.ceil(held));
  if (!isAttemptDue(age)) return wait(secondsToNext(age) ?? 0);
  if (await ports.gone.isGone(subscription, signal)) return bury("gone");

  const failure = await attempt(ports, subscription, event, context);
  if (!failure) return { outcome: "delivered" };
  const { why, retryAfter } = failure;
  if (why === "gone") await ports.gone.markGone(subscription, now, signal);
  // No longer than SQS hides a message.
  if (retryAfter !== undefined) ports.holds.set(name, secondsAfter(now, Math.min(retryAfter, longestHiding)));
  const seconds = secondsToNext(age, retryAfter);
  if (why === "gone" || seconds === undefined) return bury(why);
  await queue.hide(message.receiptHandle, seconds, signal);
  return { outcome: "failed", why, age: Math.floor(age), seconds };
}

/** Sends an event once. @returns undefined if the receiver has taken it. */
async function attempt(
  ports: WebhookPorts,
  { name, url }: Subscription,
  event: TrailEvent,
  { clock, deadline: { signal } }: RequestContext,
): Promise<{ readonly why: Why; readonly retryAfter?: number | undefined } | undefined> {
  const secrets = await ports.secretsOf(name, signal);
  if (secrets.length === 0) return { why: "no-secret" };
  const now = clock();
  try {
    const { status, retryAfter } = await ports.post(url, signedMessage(event, secrets, now), signal);
    if (status >= 200 && status < 300) return undefined;
    if (status === 410) return { why: "gone" };
    return { why: `status-${status}`, retryAfter: retryAfterSeconds(retryAfter, now) };
  } catch (error) {
    if (error instanceof PostFailure) return { why: error.reason };
    throw error;
  }
}

/** @returns undefined for any other text. */
function readEvent(text: string): TrailEvent | undefined {
  try {
    const json = JSON.parse(text);
    // As it was sent, so that every attempt has the same body.
    return cloudEvent.safeParse(json).success ? json : undefined;
  } catch {
    return undefined;
  }
}

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;
