import type { APIGatewayProxyEvent } from "aws-lambda";
import { Problem } from "../shared/problem.ts";

/** Bytes of request line and headers together: API Gateway's quota, enforced here too for other invokers. */
const maxHeadSize = 10_240;

/** @throws Problem `payload-too-large` (413). */
export function refuseLargeHead(event: APIGatewayProxyEvent): void {
  const { path, multiValueHeaders, multiValueQueryStringParameters } = event;
  const size = Buffer.byteLength(path) + sizeOf(multiValueHeaders) + sizeOf(multiValueQueryStringParameters);
  if (size > maxHeadSize) throw new Problem("payload-too-large");
}

/** Each name counts as often as it was sent. */
function sizeOf(parts: Readonly<Record<string, readonly string[] | undefined>> | null): number {
  return Object.entries(parts ?? {}).reduce(
    (sum, [name, values = []]) =>
      values.reduce((size, value) => size + Buffer.byteLength(name) + Buffer.byteLength(value), sum),
    0,
  );
}
