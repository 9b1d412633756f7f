import type { Requirements } from "../../contract/requirements.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import {
  canBeApproved,
  needsNoApproval,
  type PossibleReviewers,
  possibleReviewers,
  withReviewers,
} from "../policy/possible-reviewers.ts";
import type { ReviewToCome } from "../policy/reviewer-candidates.ts";
import { Problem } from "../shared/problem.ts";
import type { SuspensionReader } from "./suspend.ts";

/**
 * The requirements with who could approve what is asked for. People and integrations who are suspended cannot. Nothing is read if
 * only groups can.
 *
 * @throws Problem `nobody-can-approve` if fewer people could review it than must approve; and as the reader does.
 */
export async function requireReviewers(
  suspensions: SuspensionReader,
  policy: PolicyEngine,
  { requirements, ...toCome }: ReviewToCome & { readonly requirements: Requirements },
  signal: AbortSignal,
): Promise<Requirements> {
  if (needsNoApproval(requirements)) return requirements;
  const all = possibleReviewers(policy, toCome);
  const known = [...(await suspensions.readSuspensions(all.ids, signal)).values()];
  const suspended = new Set(known.flatMap(({ callerId, isSuspended }) => (isSuspended ? [callerId] : [])));
  const found = suspended.size === 0 ? all : possibleReviewers(policy, { ...toCome, suspended });
  const complete = withReviewers(requirements, found);
  if (!canBeApproved(requirements, found)) throw nobodyCanApprove(complete, found);
  return complete;
}

/** Says what is missing, and which policies stand in the way. */
function nobodyCanApprove(requirements: Requirements, { most, obstacles }: PossibleReviewers): Problem {
  const { approvals, alternatives } = requirements;
  const needed = alternatives
    ? "Policy requires approvals"
    : `Policy requires ${approvals} approval${approvals === 1 ? "" : "s"}`;
  const able =
    most === 0 ? "nobody else may review it" : `only ${most} other ${most === 1 ? "person" : "people"} may review it`;
  const [first, ...more] = obstacles();
  const why =
    first === undefined
      ? "No other policy permits it."
      : `${more.length === 0 ? "This policy forbids" : "These policies forbid"} it to others: ${[first, ...more].join(", ")}.`;
  return new Problem("nobody-can-approve", { detail: `${needed}, and ${able}. ${why}`, requirements });
}
