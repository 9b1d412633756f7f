import * as z from "zod";
import { instanceId } from "./fields.ts";

/** Not checked further: any text that is not a digest is a 404. Without `sha256:`, as a signed path encodes a colon in more than one way. */
export const onePolicySet = z.strictObject({
  instanceId,
  digest: z.string().min(1).max(128).describe("An event's `policyDigest` without `sha256:`."),
});

export const policySet = z
  .object({
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .describe("`sha256:` and the SHA-256 of `text` in UTF-8: an event's `policyDigest`."),
    text: z
      .string()
      .describe(
        "JSON: an array of the Cedar schema and an object of every policy in Cedar's language, by its id. If people have names there, their domain follows.",
      ),
  })
  .meta({ id: "PolicySet", description: "The policies of one digest, as they decided." });
