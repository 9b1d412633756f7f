import * as z from "zod";

/** What an access request needs before policy lets its subject connect. */
export const requirements = z
  .object({
    approvals: z.int().min(0).max(100).describe("How many people must approve."),
    reason: z.boolean().describe("Whether policy requires a reason."),
  })
  .meta({ id: "Requirements", description: "What an access request needs before policy permits the connection." });

export type Requirements = z.infer<typeof requirements>;
