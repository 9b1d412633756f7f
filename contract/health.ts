import * as z from "zod";

/** Answered by `GET /v1/health`. */
export const health = z
  .object({ status: z.literal("ok").describe("The function runs. Nothing else has been looked at.") })
  .meta({ id: "Health", description: "Latchkey answers." });
