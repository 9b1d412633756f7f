import type { PolicyEngine } from "../policy/engine.ts";
import { needsNoApproval, possibleReviewers, type ReviewToCome, withReviewers } from "../policy/possible-reviewers.ts";
import type { Assessment } from "./assess.ts";

/**
 * The assessment, with who could approve the access request that it asks for. It takes many evaluations, so it is for a refusal that
 * the caller is about to hear.
 */
export function nameReviewers(
  policy: PolicyEngine,
  assessment: Assessment,
  {
    peopleSources,
    integrations,
    ...parties
  }: Pick<ReviewToCome, "peopleSources" | "integrations"> &
    Pick<ReviewToCome["request"], "subject" | "requestedBy" | "time">,
): Assessment {
  const { instance, osUser, refusal } = assessment;
  if (refusal?.code !== "approval-required" || needsNoApproval(refusal.requirements)) return assessment;
  const request = { ...parties, scope: "instance" as const, osUser, breakGlass: false };
  const found = possibleReviewers(policy, { instance, request, peopleSources, integrations });
  return { ...assessment, refusal: { ...refusal, requirements: withReviewers(refusal.requirements, found) } };
}
