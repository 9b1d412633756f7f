import type { AccessRequest } from "../../sdk/types.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { cut } from "../terminal/width.ts";
import { scopeWords, showTime } from "./request-words.ts";

/** Columns of a reason that a line of the table shows. */
const shownReason = 60;

/**
 * Access requests, a line each. `UNTIL` is what the status has: the end of access, or of the time for reviews.
 *
 * @param columns of the terminal, if it is one.
 */
export function requestTable(requests: readonly AccessRequest[], columns: number | undefined): string {
  return table(
    ["ID", "STATUS", "SUBJECT", "NAME", "INSTANCE", "OS USER", "ASKED", "UNTIL", "REASON"],
    requests.map((request) => [
      visible(request.id),
      statusCell(request),
      visible(request.subject),
      phrase(request.instanceName ?? "-"),
      scopeWords(request),
      visible(request.osUser),
      showTime(request.createdAt),
      showTime(request.expiresAt ?? request.pendingUntil),
      cut(phrase(request.reason), shownReason),
    ]),
    { columns, cuttable: ["SUBJECT", "NAME", "REASON"] },
  );
}

function statusCell({ status, requirements, reviews, breakGlass, isEndedBySuspension }: AccessRequest): string {
  const approvals = reviews.filter(({ decision }) => decision === "approve").length;
  if (status === "pending") return `pending ${approvals}/${requirements.approvals}`;
  if (isEndedBySuspension) return `${visible(status)}, suspension`;
  return breakGlass ? `${visible(status)}, break-glass` : visible(status);
}
