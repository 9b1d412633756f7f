import * as z from "zod";
import { reason, time } from "./fields.ts";
import { longestCallerId } from "./person-id.ts";

/** Body of `PUT` and `DELETE /v1/suspensions/{callerId}`. */
export const suspensionBody = z
  .strictObject({ reason: reason.describe("Why, in one line. It is kept in the trail.") })
  .meta({ id: "SuspensionBody", description: "Why a caller is suspended or restored." });

export const oneCaller = z.strictObject({
  callerId: z.string().min(2).max(longestCallerId).describe("The id of a person or a machine, percent-encoded."),
});

/** Whether a caller is suspended, and why. */
export const suspension = z
  .object({
    callerId: z.string().describe("The person or machine."),
    isSuspended: z.boolean().describe("Whether the caller can do nothing."),
    reason: z.string().optional().describe("Why it was last changed. Absent if the caller was never suspended."),
    changedBy: z.string().optional().describe("Who last changed it: a caller's id."),
    noPushesAfter: time
      .optional()
      .describe(
        "Once suspended: no push of a key for the caller starts later than this. A pushed key stays valid for its full 60 seconds.",
      ),
    changedAt: time.optional().describe("When it was last changed, in UTC."),
  })
  .meta({ id: "Suspension", description: "Whether a caller is suspended, and why." });

export type SuspensionResponse = z.infer<typeof suspension>;
