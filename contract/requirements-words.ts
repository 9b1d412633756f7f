import { reasonWords } from "./reason-pattern.ts";
import type { Requirements } from "./requirements.ts";

// What clients say of requirements. Names in it are as the API gives them: who shows it, shows it as text.

/** What access has to have: `2 approvals and a reason`. */
export function requirementsWords({ approvals, alternatives, reason, ...rules }: Requirements): string {
  const words = reasonWords(rules);
  const approved = (alternatives ?? [{ approvals, integrations: [] }]).map(approvalWords).join(", or ");
  const parts = [
    ...(approved === "" ? [] : [approved]),
    ...(reason || words.length > 0 ? [`a reason${words.length > 0 ? ` with ${words.join(" and ")}` : ""}`] : []),
  ];
  return parts.length === 0 ? "an access request" : parts.join(" and ");
}

function approvalWords({
  approvals,
  integrations,
}: {
  readonly approvals: number;
  readonly integrations: readonly string[];
}) {
  const people = approvals > 0 ? [`${approvals} approval${approvals === 1 ? "" : "s"}`] : [];
  const others = integrations.length > 0 ? [`the approval of ${integrations.join(" and ")}`] : [];
  return [...people, ...others].join(" and ");
}

/** `anyone in OnCall, bob` */
export const reviewerNames = (reviewers: NonNullable<Requirements["reviewers"]>): string =>
  reviewers.length === 0 ? "nobody" : reviewers.map(reviewerName).join(", ");

function reviewerName({ kind, name }: NonNullable<Requirements["reviewers"]>[number]): string {
  if (kind === "person") return name === "*" ? "anyone" : name;
  return kind === "group" ? `anyone in ${name}` : `${kind} ${name}`;
}

/** About somebody whom a caller names, and who may be a typing error. */
export const neverSeenWords = (subject: string) => `${subject} has never used Latchkey: check that the id is right`;

interface Reviewed {
  readonly reviews: readonly { readonly decision: string; readonly integration?: string | undefined }[];
  readonly requirements: Pick<Requirements, "approvals">;
}

/** How many people have approved. An integration's approval is not a person's. */
export const approvalsOf = ({ reviews }: Pick<Reviewed, "reviews">): number =>
  reviews.filter(({ decision, integration }) => decision === "approve" && integration === undefined).length;

/**
 * How many approvals something pending waits for: at least one, since a suspension may have voided one, or an integration's is
 * missing.
 */
export const missingApprovals = ({ reviews, requirements }: Reviewed): number =>
  Math.max(1, requirements.approvals - approvalsOf({ reviews }));
