import type { PolicyEngine } from "../policy/engine.ts";
import { needsNoApproval, possibleReviewers, withReviewers } from "../policy/possible-reviewers.ts";
import type { ReviewToCome } from "../policy/reviewer-candidates.ts";
import type { ReviewerSources } from "../shared/people.ts";
import type { Assessment } from "./assess.ts";

/**
 * The assessment, with who could approve the access request that it asks for. It takes many evaluations, so it is for a
 * refusal that the caller is about to hear. It is advice, and reads nothing: suspended callers are left out when access
 * is asked for.
 */
export function nameReviewers(
  policy: PolicyEngine,
  assessment: Assessment,
  parties: Pick<ReviewToCome["request"], "subject" | "requestedBy" | "time">,
  sources: ReviewerSources,
): Assessment {
  const { instance, osUser, refusal } = assessment;
  if (refusal?.code !== "approval-required" || needsNoApproval(refusal.requirements)) return assessment;
  const request = { ...parties, scope: "instance" as const, osUser, breakGlass: false };
  const askers = [parties.subject, parties.requestedBy];
  const found = possibleReviewers(policy, { instance, request, askers, sources });
  return { ...assessment, refusal: { ...refusal, requirements: withReviewers(refusal.requirements, found) } };
}
