import type { Circumstances, ReviewContext } from "../policy/authorize.ts";
import { scopeKind } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";

/** An access request as policy sees it when somebody reviews or revokes it. */
export function reviewContextOf(request: AccessRequest, { time, sourceIp }: Circumstances): ReviewContext {
  const { scope, osUser, subject, requestedBy, breakGlass } = request;
  return { scope: scopeKind(scope), osUser, subject, requestedBy, breakGlass, time, sourceIp };
}
