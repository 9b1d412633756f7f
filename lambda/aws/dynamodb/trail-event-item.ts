import * as z from "zod";
import type { TrailEvent } from "../../shared/trail-event.ts";

/**
 * An event as the table holds it. No stricter than filing and publishing it needs: what has happened is told, even where a
 * later version of the contract would have told it otherwise.
 */
export const trailEventItem = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1),
  source: z.string().startsWith("latchkey"),
  type: z.custom<TrailEvent["type"]>((value) => typeof value === "string" && value.startsWith("latchkey.")),
  subject: z.string(),
  time: z.iso.datetime(),
  data: z.looseObject({ sequence: z.int().min(1) }),
}) satisfies z.ZodType<TrailEvent>;
