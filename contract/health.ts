import * as z from "zod";

/** The response of `GET /v1/health`. */
export const health = z
  .object({ status: z.literal("ok").describe("The function runs. Nothing else is checked.") })
  .meta({ id: "Health", description: "Latchkey responds." });
