import type { Facts } from "../http/request-log.ts";
import type { Assessment } from "./assess.ts";

/** Notes for the request's log line what was decided, and by what right. */
export function noteAssessment(facts: Facts, { osUser, policies, access }: Assessment): void {
  facts.osUser = osUser;
  facts.policies = policies;
  if (!access) return;
  facts.accessRequestId = access.id;
  facts.breakGlass = access.breakGlass;
}
