import * as z from "zod";

const warning = z
  .object({
    code: z
      .string()
      .describe("What it warns of, for a program: `windows` or `local-zone`. A later version may add codes."),
    message: z.string().describe("The same in one sentence."),
  })
  .meta({ id: "Warning", description: "Why a login may fail although Latchkey does its part." });

export type Warning = z.infer<typeof warning>;

export const warnings = z
  .array(warning)
  .optional()
  .describe("Why a login may fail although Latchkey does its part. Left out if nothing is known.");
