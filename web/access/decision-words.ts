import { requirementsWords, reviewerNames } from "../../contract/requirements-words.ts";
import contract from "../../sdk/contract.ts";
import type { Decision } from "../../sdk/types.ts";

/** What a decision means for somebody who is about to ask for access. */
export interface Outlook {
  readonly tone: "good" | "waiting" | "bad";
  /** In a sentence. */
  readonly words: string;
  /** Who can approve. */
  readonly reviewers?: string | undefined;
  /** An access request that has to do with it: active, scheduled, or one that takes further approvals. */
  readonly accessRequestId?: string | undefined;
}

/** @param isOwn whether the access would be the caller's own */
export function outlookOf({ decision, code, requirements, accessRequestId }: Decision, isOwn: boolean): Outlook {
  if (decision === "allow") {
    const who = isOwn ? "You" : "They";
    return accessRequestId === undefined
      ? { tone: "good", words: `${who} can connect now, without an access request.` }
      : { tone: "good", words: `${who} can connect now, under an active access request.`, accessRequestId };
  }
  if (code !== "approval-required" || !requirements) {
    const usual = contract.usualDetails;
    const detail = code !== undefined && Object.hasOwn(usual, code) ? usual[code as keyof typeof usual] : undefined;
    if (code === "access-denied") {
      return { tone: "bad", words: "Policy denies this connection, with any approval." };
    }
    return { tone: "bad", words: `A connection would be refused now. ${detail ?? code ?? ""}`.trim() };
  }
  const { approvals, alternatives, reviewers, scheduled } = requirements;
  const related = requirements.accessRequestId ?? scheduled?.accessRequestId;
  if (reviewers?.length === 0) return { tone: "bad", words: "It needs an approval, and policy lets nobody give it." };
  const needs = `It needs ${requirementsWords(requirements)}.`;
  if (approvals === 0 && !alternatives) return { tone: "good", words: `${needs} Access starts at once.` };
  return {
    tone: "waiting",
    words: needs,
    reviewers: reviewers && reviewerNames(reviewers),
    accessRequestId: related,
  };
}
