import type { AccessRequest } from "../../sdk/types.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { showTime } from "./request-words.ts";

/** Characters of a reason that a line of the table shows. */
const shownReason = 60;

/** Access requests, a line each. `UNTIL` is what the status has: the end of access, or of the time for reviews. */
export function requestTable(requests: readonly AccessRequest[]): string {
  return table(
    ["ID", "STATUS", "SUBJECT", "INSTANCE", "OS USER", "ASKED", "UNTIL", "REASON"],
    requests.map((request) => [
      visible(request.id),
      statusCell(request),
      visible(request.subject),
      visible(request.instanceId),
      visible(request.osUser),
      showTime(request.createdAt),
      showTime(request.expiresAt ?? request.pendingUntil),
      reasonCell(request.reason),
    ]),
  );
}

function statusCell({ status, requirements, reviews, breakGlass }: AccessRequest): string {
  const approvals = reviews.filter(({ decision }) => decision === "approve").length;
  if (status === "pending") return `pending ${approvals}/${requirements.approvals}`;
  return breakGlass ? `${visible(status)}, break-glass` : visible(status);
}

function reasonCell(reason: string): string {
  const characters = [...phrase(reason)];
  return characters.length <= shownReason ? characters.join("") : `${characters.slice(0, shownReason - 1).join("")}…`;
}
