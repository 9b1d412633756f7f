import * as z from "zod";
import { personId } from "./caller.ts";
import * as fields from "./fields.ts";
import { pageOf, pageQuery } from "./page.ts";
import { longestCallerId } from "./person-id.ts";
import { requirements } from "./requirements.ts";
import { inTarget, ofInstance, scope, togetherInTarget } from "./scope.ts";

/** A caller's id: a person's, or a machine's `<account>/<role>`. */
const callerId = z.string().min(2).max(longestCallerId);

/** Those that are stored, and that a list can be filtered by. */
export const storedStatuses = z
  .enum(["pending", "scheduled", "active", "denied", "cancelled", "expired", "revoked"])
  .describe(
    "`pending` until it is reviewed, `scheduled` once approved and until `startsAt`, `active` while it gives access. Every other status is final.",
  );

/** `unknown` is shown for a request that a newer version of Latchkey has written, before a rollback. */
const statuses = z
  .enum([...storedStatuses.options, "unknown"])
  .describe(
    "`pending` until it is reviewed, `scheduled` once approved and until `startsAt`, `active` while it gives access. `unknown`: a newer version of Latchkey has written it; it gives no access and cannot be changed. Every other status is final.",
  );

export type AccessRequestStatus = z.infer<typeof statuses>;

/** Seconds: one day. A longer need calls for another kind of access. */
export const longestAccess = 24 * 60 * 60;

const durationSeconds = z
  .int()
  .min(1)
  .max(longestAccess)
  .describe("How long access lasts once it is active, in seconds.");

/** Seconds ahead that scheduled access starts: one minute to thirty days. */
export const soonestStart = 60;
export const latestStart = 30 * 24 * 60 * 60;

const comment = fields.reason.describe("A comment for the trail, in one line.");

/** Body of `POST /v1/access-requests`. */
export const accessRequestBody = togetherInTarget(
  z.strictObject({
    scope: scope.optional(),
    instanceId: fields.instanceId.optional().describe("Stands for the scope of this one instance."),
    ...ofInstance,
    osUser: fields.osUser,
    durationSeconds,
    reason: fields.reason,
    startsAt: fields.time
      .optional()
      .describe(
        "When access is to start, in UTC: from one minute to thirty days ahead. Left out: once it is approved.",
      ),
    subject: personId
      .optional()
      .describe("The person who gets access. Left out: the caller. Policy must permit asking for somebody else."),
    breakGlass: z
      .boolean()
      .default(false)
      .describe("Access without review, in an emergency, for callers whom policy permits it."),
  }),
)
  .refine((body) => (body.scope === undefined) !== (body.instanceId === undefined), {
    path: ["scope"],
    error: "name either scope or instanceId",
  })
  .refine(({ instanceId, accountId }) => accountId === undefined || instanceId !== undefined, {
    path: ["accountId"],
    error: "only with instanceId",
  })
  .meta({
    id: "AccessRequestBody",
    description:
      "Asks for access to one instance, or to all instances with certain tags, as one OS user, for a limited time.",
  });

/** Seconds: the least that a reviewer may shorten access to. */
const shortestApproval = 60;

/** Body of `POST /v1/access-requests/{id}/reviews`. */
export const reviewBody = z
  .strictObject({
    decision: z.enum(["approve", "deny"]).describe("One denial ends the request."),
    comment: comment.optional(),
    durationSeconds: z
      .int()
      .min(shortestApproval)
      .max(longestAccess)
      .optional()
      .describe(
        "With `approve`: how long access may last at most, in seconds, up to what was asked for. The least of all approvals holds.",
      ),
  })
  .refine(({ decision, durationSeconds }) => decision === "approve" || durationSeconds === undefined, {
    path: ["durationSeconds"],
    error: "only with approve",
  })
  .meta({ id: "ReviewBody", description: "Approves or denies an access request." });

/** Body of `POST /v1/access-requests/{id}/extensions`. */
export const extensionBody = z
  .strictObject({
    durationSeconds: durationSeconds.describe("How much longer access is to last, in seconds."),
    reason: fields.reason,
  })
  .meta({ id: "ExtensionBody", description: "Asks for more time while access is active." });

/** Body of `POST /v1/access-requests/{id}/cancel`, which may be left out. */
export const endingBody = z
  .strictObject({ comment: comment.optional() })
  .meta({ id: "EndingBody", description: "Ends an access request early." });

/** Body of `POST /v1/access-requests/{id}/revoke`, which may be left out. */
export const revocationBody = togetherInTarget(
  z.strictObject({
    comment: comment.optional(),
    instanceId: fields.instanceId
      .optional()
      .describe("An instance that the request covers by its tags: policy may also permit the revocation there."),
    ...inTarget,
  }),
).meta({ id: "RevocationBody", description: "Ends active or scheduled access." });

export const review = z
  .object({
    reviewer: callerId.describe("Who reviewed it."),
    integration: z
      .string()
      .optional()
      .describe("The integration that the reviewer is. Its approval is not a person's."),
    decision: z.enum(["approve", "deny"]).describe("The decision."),
    comment: z.string().optional().describe("The reviewer's comment."),
    durationSeconds: z
      .int()
      .min(1)
      .max(longestAccess)
      .optional()
      .describe("How long access may last by this approval, in seconds, if that is less than was asked for."),
    at: fields.time.describe("When it was reviewed, in UTC."),
  })
  .meta({ id: "Review", description: "An approval or a denial." });

const extension = z
  .object({
    id: z.string().describe("The extension's id."),
    status: z
      .enum(["pending", "approved", "denied", "cancelled", "expired"])
      .describe(
        "`pending` until it is reviewed. `approved` once it has moved `expiresAt`. `cancelled` also if the request ended first.",
      ),
    requestedBy: callerId.describe("Who asked for it: the subject, or somebody else for them."),
    durationSeconds: durationSeconds.describe("How much longer access is to last, in seconds."),
    grantedSeconds: z
      .int()
      .min(1)
      .max(longestAccess)
      .optional()
      .describe("How much longer access lasts, once approved."),
    reason: z.string().describe("Why the subject needs more time."),
    requirements,
    reviews: z.array(review).describe("The reviews so far, oldest first."),
    createdAt: fields.time.describe("When it was asked for, in UTC."),
    pendingUntil: fields.time.describe("Until when it can be reviewed, in UTC: no later than access ends."),
  })
  .meta({ id: "Extension", description: "More time for active access: a part of its request, one at a time." });

/** An access request. While it is `active`, its subject has access. */
export const accessRequest = z
  .object({
    id: z.string().describe("The access request's id."),
    status: statuses,
    subject: callerId.describe("Who gets access. Nobody else can connect under this request."),
    requestedBy: callerId.describe("Who made the request: the subject, or somebody else for them."),
    scope,
    instanceId: fields.instanceId.optional().describe("The instance, if the scope is one instance."),
    instanceName: z
      .string()
      .optional()
      .describe("In lists: the value of the instance's tag `Name`, if the caller may view the instance."),
    osUser: fields.osUser,
    durationSeconds,
    grantedSeconds: z
      .int()
      .min(1)
      .max(longestAccess)
      .optional()
      .describe(
        "How long access was granted for, in seconds: what was asked for, or the least that a reviewer shortened it to.",
      ),
    reason: z.string().describe("Why the subject needs access."),
    breakGlass: z.boolean().describe("Whether it was granted in an emergency, without review."),
    requirements,
    reviews: z.array(review).describe("The reviews so far, oldest first."),
    createdAt: fields.time.describe("When it was created, in UTC."),
    updatedAt: fields.time.describe(
      "When it last changed, in UTC: its end, its scheduled start, its last review, its creation, or a change of its extension.",
    ),
    pendingUntil: fields.time.describe("Until when it can be reviewed, in UTC."),
    startsAt: fields.time.optional().describe("When access is to start, in UTC, if it is scheduled."),
    activatedAt: fields.time
      .optional()
      .describe("When access started, in UTC: with the last required approval, or at `startsAt` if that is later."),
    expiresAt: fields.time
      .optional()
      .describe(
        "When access ends, in UTC. If it is scheduled, that counts from `startsAt`, however late it was approved.",
      ),
    noPushesAfter: fields.time
      .optional()
      .describe(
        "Once revoked: no push of a key starts later than this. A pushed key stays valid for its full 60 seconds.",
      ),
    isEndedBySuspension: z
      .boolean()
      .optional()
      .describe("True if a suspension ended it: of its subject, of who asked for it, or of a reviewer it needed."),
    extension: extension.optional().describe("The last extension that was asked for."),
    subjectSeen: z
      .boolean()
      .optional()
      .describe(
        "Of a request for somebody else, when it is created or got by its id: whether that person has ever called Latchkey. If not, check the id.",
      ),
    isPreexisting: z
      .boolean()
      .optional()
      .describe(
        "True if an open request for the same subject, instance and OS user already existed, and is this one. One that is scheduled and one that is not are apart. Of an extension: true if one was already pending.",
      ),
  })
  .meta({ id: "AccessRequest", description: "An access request. While it is active, its subject has access." });

export type AccessRequestResponse = z.infer<typeof accessRequest>;

/** Query of `GET /v1/access-requests`. */
export const accessRequestQuery = z.strictObject({
  status: storedStatuses.optional().describe("Only requests with this status."),
  instanceId: fields.instanceId.optional().describe("Only requests for this instance."),
  subject: callerId.optional().describe("Only requests for this subject."),
  reviewable: z.literal("true").optional().describe("Only requests that the caller may review now."),
  ...pageQuery,
});

/** Seconds that a request may be held open. */
export const longestWait = 25;

/** Query of `GET /v1/access-requests/{id}`. */
export const waitQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^[0-9]{1,2}$/)
    .transform(Number)
    .pipe(z.int().min(0).max(longestWait))
    .default(0)
    .describe("Seconds to wait for the request to change. A request that has ended is returned at once."),
  since: fields.time
    .optional()
    .describe("The `updatedAt` that you have seen. If it differs, the request is returned at once."),
});

export const accessRequestPage = pageOf(
  accessRequest,
  "AccessRequestPage",
  "A page of the access requests that the caller may see, newest first.",
);
