import * as z from "zod";

/** The header of draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyKeyHeader = "Idempotency-Key";

/** Its value, used as it is: quotes around it are a part of it. */
export const idempotencyKeyValue = z
  .string()
  .regex(/^[!-~]{8,128}$/)
  .describe(
    "Identifies this request, so that it can be sent again without being done twice: for a day, the same key with the same body gets the same response. Use a new UUID for each request.",
  );
