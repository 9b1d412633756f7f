import * as z from "zod";
import { longestReason } from "./fields.ts";

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
  })
  .meta({ id: "Requirements", description: "What an access request needs before policy permits the connection." });

export type Requirements = z.infer<typeof requirements>;

/** What the reason of an access request must be like. */
export type ReasonRules = Pick<Requirements, "minReasonLength" | "reasonPatterns">;
