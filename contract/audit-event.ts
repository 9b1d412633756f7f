import * as z from "zod";
import * as fields from "./fields.ts";
import { pageOf, pageQuery } from "./page.ts";
import { longestCallerId } from "./person-id.ts";
import { scope } from "./scope.ts";

/** What can happen, each with the prefix `latchkey.` in a CloudEvent's `type`. */
export const eventTypes = [
  "access-request.created",
  "access-request.scheduled",
  "access-request.activated",
  "access-request.denied",
  "access-request.cancelled",
  "access-request.expired",
  "access-request.revoked",
  "access-request.extension-requested",
  "access-request.extended",
  "access-request.extension-denied",
  "access-request.extension-cancelled",
  "access-request.extension-expired",
  "caller.suspended",
  "caller.restored",
  "chat.linked",
  "chat.unlinked",
  "review.submitted",
  "break-glass.used",
  "connection.intended",
  "connection.pushed",
  "connection.failed",
  "connection.denied",
  "host-keys.registered",
  "host-keys.captured",
] as const;

/** The type under which a list shows an event that it cannot read. */
export const unreadable = "latchkey.unreadable";

export type EventType = (typeof eventTypes)[number];

/** The data of an event, beside the attributes of every CloudEvent. */
const auditEventData = z
  .looseObject({
    sequence: z
      .int()
      .min(0)
      .max(1_000_000)
      .describe("Numbers the events of one CloudEvents subject from 1, without gaps. 0 for an unreadable event."),
    actor: z
      .string()
      .describe("Who did it: a caller's id, or `latchkey` for what happens by itself, such as an expiry."),
    subject: z.string().optional().describe("The person or machine whose access it is about."),
    accountId: z.string().optional().describe("The AWS account of the instance."),
    region: z.string().optional().describe("The AWS region of the instance."),
    instanceId: fields.instanceId.optional(),
    scope: scope.optional(),
    osUser: z.string().optional().describe("The OS user."),
    publicKeyFingerprint: fields.fingerprint.optional(),
    hostKeyFingerprints: z
      .array(fields.fingerprint)
      .optional()
      .describe("The host keys that were registered or captured. Empty if the registration was removed."),
    accessRequestId: z.string().optional().describe("The access request that it is about, or under which it happened."),
    chatUser: z
      .string()
      .optional()
      .describe("The user of a chat who was linked to the subject or no longer is: `slack/<workspace>/<user>`."),
    via: z.string().optional().describe("The chat by which it was done, such as `slack`. Left out: it was the API."),
    policies: z.array(z.string()).optional().describe("The ids of the policies that decided."),
    policyDigest: z.string().optional().describe("The digest of the set of policies that decided."),
    count: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        "In the event that closes a minute of denials: how many there were of the same caller, instance, OS user and code, or of the same caller on instances that they cannot see.",
      ),
    requestId: z
      .string()
      .describe("The id of the request that made the event, which is also in its response and its log line."),
    awsRequestId: z.string().optional().describe("AWS's request id of the push, which is also in the instance's log."),
  })
  .describe("What happened, and why it was permitted.");

/** An event of the trail: a CloudEvent 1.0. */
export const auditEvent = z
  .object({
    specversion: z.literal("1.0").describe("The version of CloudEvents."),
    id: z.string().describe("The event's id, without a dot: the same in every delivery."),
    source: z.string().startsWith("latchkey/").describe("`latchkey/` and the name of the stack."),
    type: z
      .enum([...eventTypes.map((type) => `latchkey.${type}` as const), unreadable])
      .describe(
        "What happened. `latchkey.unreadable`: the trail has an event that the API cannot read; the list shows when it was and what it is about.",
      ),
    subject: z
      .string()
      .describe(
        "The item that it happened to: `access-requests/<id>`, `connections/<id>`, `denials/<id>`, `callers/<id>`, `chat-links/<chat>/<workspace>/<user>` or `instances/<account>/<region>/<id>`.",
      ),
    time: fields.time.describe("When it happened, in UTC."),
    data: auditEventData,
  })
  .meta({ id: "AuditEvent", description: "An event of the trail, as a CloudEvent 1.0." });

export type AuditEvent = z.infer<typeof auditEvent>;

/** Query of `GET /v1/audit-events`. */
export const auditEventQuery = z.strictObject({
  instanceId: fields.instanceId.optional().describe("Only events about this instance."),
  subject: z.string().min(2).max(longestCallerId).optional().describe("Only events about this subject's access."),
  actor: z
    .string()
    .min(2)
    .max(longestCallerId)
    .optional()
    .describe("Only events that this caller caused, or `latchkey`."),
  type: z
    .enum(eventTypes.map((type) => `latchkey.${type}` as const))
    .optional()
    .describe("Only events of this type."),
  connectionId: z.string().min(1).max(128).optional().describe("Only events about this connection."),
  accessRequestId: z.string().min(1).max(128).optional().describe("Only events about this access request."),
  from: fields.time.optional().describe("Only events at or after this moment."),
  to: fields.time.optional().describe("Only events before this moment."),
  ...pageQuery,
});

export const auditEventPage = pageOf(
  auditEvent,
  "AuditEventPage",
  "A page of the events about instances whose trail the caller may read, newest first.",
);
