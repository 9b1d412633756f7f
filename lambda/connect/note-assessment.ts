import type { LogFields } from "../shared/request-context.ts";
import type { Assessment } from "./assess.ts";

/** Notes for the request's log line what was decided, and by what right. */
export function noteAssessment(facts: LogFields, { osUser, policies, access }: Assessment): void {
  facts.osUser = osUser;
  facts.policies = policies;
  if (!access) return;
  facts.accessRequestId = access.id;
  facts.breakGlass = access.breakGlass;
}
