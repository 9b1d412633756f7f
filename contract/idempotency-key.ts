import * as z from "zod";

/** The header of draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyKeyHeader = "Idempotency-Key";

/** Its value, taken as it is: quotes that a client puts around it are a part of it. */
export const idempotencyKeyValue = z
  .string()
  .regex(/^[!-~]{8,128}$/)
  .describe(
    "Names this request, so that it can be sent again without being done twice: the same key with the same body gets the same answer for a day. Best a new UUID for each request.",
  );
