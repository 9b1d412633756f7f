import type { AccessRequestAnswer } from "../contract/access-request.ts";
import type { AccessRequest } from "./access-request.ts";
import { statusAt } from "./transitions.ts";

/** An access request as the API answers with it at a moment. */
export function answerAccessRequest(request: AccessRequest, now: Date): AccessRequestAnswer {
  const { sequence: _sequence, endedAt: _endedAt, pushBy: _pushBy, ...told } = request;
  return { ...told, status: statusAt(request, now), settledAt: settledAt(request) };
}

/**
 * After a revoke no push is begun that was not intended before it. The last of those may start at its `pushBy`, which may lie
 * behind the revoke.
 */
function settledAt({ status, endedAt = "", pushBy = "" }: AccessRequest): string | undefined {
  if (status !== "revoked") return undefined;
  return pushBy > endedAt ? pushBy : endedAt;
}
