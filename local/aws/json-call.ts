import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { type ServiceError, unknownToStandIn } from "./service-error.ts";
import type { Call, Reply } from "./stand-in.ts";

// Shared by the services that speak AWS's JSON protocol.

/** The operation in a call's `X-Amz-Target`, after the service's prefix. */
export function targetBehind(prefix: string, { "x-amz-target": target = "" }: IncomingHttpHeaders): string {
  return String(target).replace(prefix, "");
}

/**
 * Parses a call and logs it.
 *
 * @param refuse makes the error for an invalid call. By default: unknown to the stand-in.
 * @throws ServiceError if the schema rejects it.
 */
export function readJson<Input>(
  schema: z.ZodType<Input>,
  call: Call,
  refuse = (fault: string): ServiceError => unknownToStandIn(`such a ${call.operation}: ${fault}`),
): Input {
  const parsed = schema.safeParse(JSON.parse(call.body.toString("utf8")));
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  call.note(parsed.data);
  return parsed.data;
}

/** @param version of the protocol. */
export function json(version: "1.0" | "1.1", content: unknown, status = 200): Reply {
  return { status, contentType: `application/x-amz-json-${version}`, body: JSON.stringify(content) };
}
