import { reasonWords } from "../../contract/reason-pattern.ts";
import type { Requirements } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";

/** What access has to have: `2 approvals and a reason`. */
export function requirementsWords({ approvals, alternatives, reason, ...rules }: Requirements): string {
  const words = reasonWords(rules).map(visible);
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
  const others = integrations.length > 0 ? [`the approval of ${integrations.map(visible).join(" and ")}`] : [];
  return [...people, ...others].join(" and ");
}

/** `Who can approve: anyone in OnCall, bob`. Undefined if the API does not say, as when nobody must. */
export function reviewersWords({ reviewers }: Requirements): string | undefined {
  if (reviewers === undefined) return undefined;
  return `who can approve: ${reviewers.length === 0 ? "nobody" : reviewerNames(reviewers)}`;
}

/** `anyone in OnCall, bob` */
export const reviewerNames = (reviewers: NonNullable<Requirements["reviewers"]>): string =>
  reviewers.map(reviewerName).join(", ");

function reviewerName({ kind, name }: NonNullable<Requirements["reviewers"]>[number]): string {
  if (kind === "person") return name === "*" ? "anyone" : visible(name);
  return kind === "group" ? `anyone in ${visible(name)}` : `${visible(kind)} ${visible(name)}`;
}

/** About somebody whom a caller names, and who may be a typing error. */
export const neverSeenWords = (subject: string) =>
  `${visible(subject)} has never used Latchkey: check that the id is right`;
