import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { idempotencyKeyHeader, idempotencyKeyValue } from "../../contract/idempotency-key.ts";
import type { ApiRoute } from "../../contract/routes.ts";
import type { KeyedCall } from "../idempotency/idempotent.ts";
import { invalidField } from "../shared/problem.ts";

/**
 * The request's Idempotency-Key, if its route accepts one; other routes ignore the header. API Gateway has already trimmed
 * the value.
 *
 * @throws Problem `invalid-request` for a value that cannot be a key, and for more than one.
 */
export function readIdempotencyKey(
  { isIdempotent = false }: Pick<ApiRoute, "isIdempotent">,
  headers: APIGatewayProxyEvent["multiValueHeaders"],
): string | undefined {
  if (!isIdempotent) return undefined;
  const values = Object.entries(headers ?? {}).flatMap(([name, sent = []]) =>
    name.toLowerCase() === idempotencyKeyHeader.toLowerCase() ? sent : [],
  );
  if (values.length === 0) return undefined;
  const [key, ...more] = values;
  if (more.length > 0 || !idempotencyKeyValue.safeParse(key).success) {
    throw invalidField(
      `/${idempotencyKeyHeader}`,
      "invalid-key",
      "An Idempotency-Key is one value of 8 to 128 visible ASCII characters.",
    );
  }
  return key;
}

/** What identifies a call with an Idempotency-Key. */
export function keyedCall({ idempotencyKey, caller, params, body }: Keyed): KeyedCall {
  return { key: idempotencyKey, caller, ids: params, body };
}

interface Keyed {
  readonly idempotencyKey?: string | undefined;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
