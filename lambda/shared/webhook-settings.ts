import * as z from "zod";
import { eventTypes } from "../../contract/audit-event.ts";
import { secretArn } from "./secret-arn.ts";

/** Each takes seven of the 500 resources that a stack may have. With every setting there are some 440 others. */
const mostSubscriptions = 5;

const subscription = z.strictObject({
  /** In logs, and the key of its secrets. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a short name of a-z, 0-9 and -, with a letter first"),
  /** Where its events are posted to, at one of the hosts. */
  url: z.string().max(2048),
  /** Types of events, as in a CloudEvent's `type`; or "*": all. */
  events: z.array(z.enum(["*", ...eventTypes.map((type) => `latchkey.${type}` as const)])).min(1),
});

/** Signed webhooks (docs/webhooks.md). */
export const webhookSettings = z.strictObject({
  /** The only hosts to which events are posted. */
  hosts: z.array(z.string()).min(1).max(20),
  /** The secret in Secrets Manager. Left out: the stack makes one, which is empty until you fill it. */
  secretArn: secretArn.optional(),
  subscriptions: z.array(subscription).min(1).max(mostSubscriptions),
});

export type WebhookSettings = z.infer<typeof webhookSettings>;
