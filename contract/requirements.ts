import * as z from "zod";
import { longestReason } from "./fields.ts";

/** Who can approve an access request. */
const reviewer = z
  .object({
    kind: z
      .string()
      .describe(
        "`group`: anyone in that group, or in all of several, which ` and ` joins. `person`: the one with that id, in which `*` stands for any characters. `integration`: a machine that may review.",
      ),
    name: z.string().describe("The short name of the group, the person's id, or the integration's name."),
  })
  .meta({ id: "Reviewer", description: "Who can approve an access request." });

export type Reviewer = z.infer<typeof reviewer>;

/** What an access request needs before policy lets its subject connect. */
export const requirements = z
  .object({
    approvals: z.int().min(0).max(100).describe("How many people must approve."),
    alternatives: z
      .array(
        z.object({
          approvals: z.int().min(0).max(100).describe("How many people must approve."),
          integrations: z.array(z.string()).describe("The integrations that must approve, all of them."),
        }),
      )
      .optional()
      .describe("If approvals of integrations help: everything that is enough. `approvals` is that of the first."),
    reason: z.boolean().describe("Whether policy requires a reason."),
    minReasonLength: z
      .int()
      .min(1)
      .max(longestReason)
      .optional()
      .describe("The least number of characters that the reason must have, if policy says so."),
    reasonPatterns: z
      .array(z.string())
      .optional()
      .describe("Patterns that must each be found in the reason: regular expressions without groups."),
    accessRequestId: z
      .string()
      .optional()
      .describe(
        "Of a refused connection: an active access request for tags that more approvals would make sufficient here.",
      ),
    reviewers: z
      .array(reviewer)
      .optional()
      .describe(
        "If approvals are needed: who could give them, by policy when it was evaluated, if they call at the right time and from the right network. At most twenty.",
      ),
    scheduled: z
      .object({
        accessRequestId: z.string().describe("The access request's id."),
        startsAt: z.iso.datetime().describe("From when it gives access, in UTC."),
      })
      .optional()
      .describe("Of a refused connection: approved access to this instance that has not started yet."),
  })
  .meta({ id: "Requirements", description: "What an access request needs before policy permits the connection." });

export type Requirements = z.infer<typeof requirements>;

/** What the reason of an access request must be like. */
export type ReasonRules = Pick<Requirements, "minReasonLength" | "reasonPatterns">;
