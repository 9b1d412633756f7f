import * as words from "../../contract/requirements-words.ts";
import type { Requirements } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";

/** What access has to have: `2 approvals and a reason`. */
export const requirementsWords = (requirements: Requirements): string => visible(words.requirementsWords(requirements));

/** `who can approve: anyone in OnCall, bob`. Undefined if the API does not say, as when nobody must. */
export function reviewersWords({ reviewers }: Requirements): string | undefined {
  return reviewers && `who can approve: ${reviewerNames(reviewers)}`;
}

/** `anyone in OnCall, bob` */
export const reviewerNames = (reviewers: NonNullable<Requirements["reviewers"]>): string =>
  visible(words.reviewerNames(reviewers));

/** About somebody whom a caller names, and who may be a typing error. */
export const neverSeenWords = (subject: string): string => visible(words.neverSeenWords(subject));
