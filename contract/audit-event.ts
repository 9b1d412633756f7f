import * as z from "zod";
import * as fields from "./fields.ts";
import { pageOf, pageQuery } from "./page.ts";

/** What can happen, each with the prefix `latchkey.` in a CloudEvent's `type`. */
export const eventTypes = [
  "access-request.created",
  "access-request.activated",
  "access-request.denied",
  "access-request.cancelled",
  "access-request.expired",
  "access-request.revoked",
  "review.submitted",
  "break-glass.used",
  "connection.intended",
  "connection.pushed",
  "connection.failed",
  "connection.denied",
  "host-keys.registered",
  "host-keys.captured",
] as const;

export type EventType = (typeof eventTypes)[number];

/** What is told of an event beside what every CloudEvent has. */
const auditEventData = z
  .looseObject({
    sequence: z.int().min(1).max(1_000_000).describe("Counts the events of one subject from 1, without gaps."),
    actor: z.string().describe("Who did it: a caller's id, or `latchkey` where time did."),
    subject: z.string().optional().describe("For whom: the person or machine whose access it is about."),
    instanceId: fields.instanceId.optional(),
    osUser: z.string().optional().describe("The OS user that was asked for."),
    publicKeyFingerprint: fields.fingerprint.optional(),
    hostKeyFingerprints: z
      .array(fields.fingerprint)
      .optional()
      .describe("The host keys that were registered or captured. None: those that were registered are forgotten."),
    accessRequestId: z.string().optional().describe("The access request that it is about, or that carried it."),
    policies: z.array(z.string()).optional().describe("The ids of the policies that decided."),
    policyDigest: z.string().optional().describe("Which set of policies they are of."),
    requestId: z.string().describe("The request that made the event: what its answer and its log line have too."),
    awsRequestId: z.string().optional().describe("AWS's own id of the push, which the instance's log has too."),
  })
  .describe("What happened, and by what right.");

/** An event of the trail: a CloudEvent 1.0. */
export const auditEvent = z
  .object({
    specversion: z.literal("1.0").describe("The version of CloudEvents."),
    id: z.string().describe("The same however often the event is delivered."),
    source: z.literal("latchkey").describe("Who tells."),
    type: z.enum(eventTypes.map((type) => `latchkey.${type}` as const)).describe("What happened."),
    subject: z
      .string()
      .describe("What it happened to: `access-requests/<id>`, `connections/<id>` or `instances/<id>`."),
    time: fields.time.describe("When, in UTC."),
    data: auditEventData,
  })
  .meta({ id: "AuditEvent", description: "An event of the trail, as a CloudEvent 1.0." });

export type AuditEvent = z.infer<typeof auditEvent>;

/** Query of `GET /v1/audit-events`. */
export const auditEventQuery = z.strictObject({
  instanceId: fields.instanceId.optional().describe("Only events about this instance."),
  subject: z.string().min(2).max(128).optional().describe("Only events about this subject's access."),
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
