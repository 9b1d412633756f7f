import * as z from "zod";

/** What an access request has to have before policy lets its subject connect. */
export const requirements = z
  .object({
    approvals: z.int().min(0).max(100).describe("How many reviewers have to approve."),
    reason: z.boolean().describe("Whether policy asks for a reason."),
  })
  .meta({ id: "Requirements", description: "What access has to have before policy permits the connection." });

export type Requirements = z.infer<typeof requirements>;
