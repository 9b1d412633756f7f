import * as z from "zod";
import { personId } from "./caller.ts";
import * as fields from "./fields.ts";
import { pageOf, pageQuery } from "./page.ts";
import { requirements } from "./requirements.ts";

/** A caller's id: a person's, or a machine's `<account>/<role>`. */
const callerId = z.string().min(2).max(128);

/** Those that are stored, and that a list can be filtered by. */
export const storedStatuses = z
  .enum(["pending", "active", "denied", "cancelled", "expired", "revoked"])
  .describe("`pending` until it is reviewed, `active` while it gives access; every other status is final.");

/** `unknown` is shown for a request that a newer version of Latchkey has written, before a rollback. */
const statuses = z
  .enum([...storedStatuses.options, "unknown"])
  .describe(
    "`pending` until it is reviewed, `active` while it gives access. `unknown`: a newer version of Latchkey has written it; it gives no access and cannot be changed. Every other status is final.",
  );

export type AccessRequestStatus = z.infer<typeof statuses>;

/** Seconds, at most: a day. Who needs a machine for longer needs another way in. */
export const longestAccess = 24 * 60 * 60;

const durationSeconds = z
  .int()
  .min(1)
  .max(longestAccess)
  .describe("How long access is wanted, in seconds, from the moment that it becomes active.");

const comment = fields.reason.describe("A word to whoever reads the trail, in one line.");

/** Body of `POST /v1/access-requests`. */
export const accessRequestBody = z
  .strictObject({
    instanceId: fields.instanceId,
    osUser: fields.osUser,
    durationSeconds,
    reason: fields.reason,
    subject: personId
      .optional()
      .describe("The person for whom access is asked, where that is not the caller. Policy has to permit it."),
    breakGlass: z
      .boolean()
      .default(false)
      .describe("Access at once, without review, in an emergency: for those whom policy lets, and for nobody else."),
  })
  .meta({ id: "AccessRequestBody", description: "Access to one instance as one OS user, for some time." });

/** Body of `POST /v1/access-requests/{id}/reviews`. */
export const reviewBody = z
  .strictObject({
    decision: z.enum(["approve", "deny"]).describe("One denial ends the request."),
    comment: comment.optional(),
  })
  .meta({ id: "ReviewBody", description: "A reviewer's word on an access request." });

/** Body of `POST /v1/access-requests/{id}/cancel` and `…/revoke`, which may be left out. */
export const endingBody = z
  .strictObject({ comment: comment.optional() })
  .meta({ id: "EndingBody", description: "Why access ends before its time." });

const review = z
  .object({
    reviewer: callerId.describe("Who reviewed."),
    decision: z.enum(["approve", "deny"]).describe("What they said."),
    comment: z.string().optional().describe("And why."),
    at: fields.time.describe("When, in UTC."),
  })
  .meta({ id: "Review", description: "An approval or a denial." });

/** Access that was asked for; while it is `active`, access that is given. */
export const accessRequest = z
  .object({
    id: z.string().describe("Names the access request."),
    status: statuses,
    subject: callerId.describe("Who gets access: they alone can connect with it."),
    requestedBy: callerId.describe("Who asked: the subject, or a bot for them."),
    instanceId: fields.instanceId,
    osUser: fields.osUser,
    durationSeconds,
    reason: z.string().describe("Why access is wanted."),
    breakGlass: z.boolean().describe("Whether it was taken in an emergency, without review."),
    requirements,
    reviews: z.array(review).describe("The reviews so far, in their order."),
    createdAt: fields.time.describe("When it was created, in UTC."),
    updatedAt: fields.time.describe("When it last changed, in UTC: its end, its last review or its creation."),
    pendingUntil: fields.time.describe("Until when it can be reviewed, in UTC."),
    activatedAt: fields.time.optional().describe("When access began, in UTC: at the approval that completed it."),
    expiresAt: fields.time.optional().describe("When access ends, in UTC."),
    noPushesAfter: fields.time
      .optional()
      .describe(
        "Once revoked: no attempt to push a key starts later than this. A pushed key lives out its 60 seconds.",
      ),
    isPreexisting: z
      .boolean()
      .optional()
      .describe("True where the answer is a request that was there already, for the same subject, instance and user."),
  })
  .meta({ id: "AccessRequest", description: "Access that was asked for; while it is active, access that is given." });

export type AccessRequestResponse = z.infer<typeof accessRequest>;

/** Query of `GET /v1/access-requests`. */
export const accessRequestQuery = z.strictObject({
  status: storedStatuses.optional().describe("Only requests with this status."),
  instanceId: fields.instanceId.optional().describe("Only requests for this instance."),
  subject: callerId.optional().describe("Only requests for this subject."),
  reviewable: z.literal("true").optional().describe("Only requests that wait for a review which the caller may give."),
  ...pageQuery,
});

/** Query of `GET /v1/access-requests/{id}`. */
export const waitQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^[0-9]{1,2}$/)
    .transform(Number)
    .pipe(z.int().min(0).max(25))
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
