import { approvalsOf } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { reviewerNames } from "../api/requirements-words.ts";
import { tagWords } from "../instances/tags.ts";
import { showTime } from "../terminal/show-time.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { cut } from "../terminal/width.ts";

/** Columns of a reason, and of tags, that a line of the table shows. */
const shownReason = 60;
const shownTags = 40;

/**
 * Access requests, a line each. `UNTIL` is what the status has: the end of access, or of the time for reviews.
 *
 * @param columns of the terminal, if it is one.
 * @param reviewer the user's id, if the requests take the user's review: then `ALSO` has who else can review them.
 */
export function requestTable(
  requests: readonly AccessRequest[],
  columns: number | undefined,
  reviewer?: string,
): string {
  const isReviewable = reviewer !== undefined;
  return table(
    [
      "ID",
      "STATUS",
      "SUBJECT",
      "NAME",
      "INSTANCE OR TAGS",
      "OS USER",
      "ASKED",
      "UNTIL",
      ...(isReviewable ? ["ALSO"] : []),
      "REASON",
    ],
    requests.map((request) => [
      visible(request.id),
      statusCell(request, isReviewable),
      visible(request.subject),
      phrase(request.instanceName ?? "-"),
      scopeCell(request),
      visible(request.osUser),
      showTime(request.createdAt),
      showTime(request.expiresAt ?? request.pendingUntil),
      ...(isReviewable ? [othersThan(reviewer, request)] : []),
      cut(phrase(isReviewable ? reviewedReason(request) : request.reason), shownReason),
    ]),
    { columns, cuttable: ["SUBJECT", "NAME", "ALSO", "REASON"] },
  );
}

const scopeCell = ({ scope }: AccessRequest) =>
  "tags" in scope ? cut(tagWords(scope.tags), shownTags) : visible(scope.instanceId);

function othersThan(reviewer: string, request: AccessRequest): string {
  const { requirements, reviews } = request.extension?.status === "pending" ? request.extension : request;
  const done = [reviewer, ...reviews.map((review) => review.reviewer)];
  const others = (requirements.reviewers ?? []).filter(({ kind, name }) => kind !== "person" || !done.includes(name));
  return others.length === 0 ? "-" : reviewerNames(others);
}

const reviewedReason = ({ extension, reason }: AccessRequest) =>
  extension?.status === "pending" ? extension.reason : reason;

function statusCell(request: AccessRequest, isReviewable: boolean): string {
  const { status, requirements, breakGlass, isEndedBySuspension, extension, startsAt } = request;
  if (status === "active" && extension?.status === "pending") return "active, extension pending";
  if (status === "active" && isReviewable) return "active, takes reviews";
  if (status === "scheduled" && startsAt !== undefined) return `scheduled, ${showTime(startsAt)}`;
  if (status === "pending") return `pending ${approvalsOf(request)}/${requirements.approvals}`;
  if (isEndedBySuspension) return `${visible(status)}, suspension`;
  return breakGlass ? `${visible(status)}, break-glass` : visible(status);
}
