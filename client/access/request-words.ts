import { showDuration } from "../../contract/duration.ts";
import { approvalsOf } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { neverSeenWords } from "../api/requirements-words.ts";
import { placeWords, scopeWords, tagWords } from "../instances/tags.ts";
import { showTime } from "../terminal/show-time.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { fold } from "../terminal/width.ts";

/** The same to the second. */
export const showSecond = (time: string): string => visible(`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`);

type Review = AccessRequest["reviews"][number];

/** `access starts at 2026-03-01 18:00 UTC, and ends at 2026-03-01 19:00 UTC` */
export const scheduledWords = ({ startsAt = "", expiresAt = "" }: AccessRequest): string =>
  `access starts at ${showTime(startsAt)}, and ends at ${showTime(expiresAt)}`;

/** `approved by bob for 30m: "fine"` */
export function reviewWords({ reviewer, decision, comment, durationSeconds }: Review): string {
  const verbs: Readonly<Record<string, string>> = { approve: "approved", deny: "denied" };
  const verb = Object.hasOwn(verbs, decision) ? verbs[decision] : visible(decision);
  const shortened = durationSeconds === undefined ? "" : ` for ${showDuration(durationSeconds)}`;
  return `${verb} by ${visible(reviewer)}${shortened}${comment === undefined ? "" : `: "${phrase(comment)}"`}`;
}

/** Text from people: each line is marked as theirs. */
const quotedLines = (text: string, columns: number) => markedLines(`"${phrase(text)}"`, columns);

function markedLines(text: string, columns: number): string[] {
  const most = Math.max(20, columns - "latchkey:   | ".length);
  return fold(text, most).map((line) => `  | ${line}`);
}

/** What it is for. Tags are in lines of their own, marked like text from people, which they may be. */
function askedLines({ subject, osUser, scope }: AccessRequest, columns: number, name: string): string[] {
  const [who, user] = [visible(subject), visible(osUser)];
  if (!("tags" in scope)) return [`${who} asks for access to ${scopeWords({ scope })}${name} as ${user}`];
  return [
    `${who} asks for access as ${user} to every instance${placeWords(scope)} that has all of these tags:`,
    ...Object.entries(scope.tags).flatMap(([key, value]) => markedLines(tagWords({ [key]: value }), columns)),
    "at each connection policy decides on all tags of the instance, and counts approvals by those who may review there",
  ];
}

/** What a reviewer has to know of a request before their word: a line for each thing. */
export function requestLines(request: AccessRequest, columns: number, instanceName?: string): string[] {
  const name = instanceName === undefined ? "" : ` (${phrase(instanceName)})`;
  if (request.extension?.status === "pending") return extensionLines(request, request.extension, columns);
  return [
    ...askedLines(request, columns, name),
    ...(request.requestedBy === request.subject ? [] : [`asked for by ${visible(request.requestedBy)}`]),
    ...(request.subjectSeen === false ? [neverSeenWords(request.subject)] : []),
    `for ${showDuration(request.durationSeconds)}, from ${startWords(request)}`,
    ...(request.breakGlass ? ["taken by break-glass, without review"] : []),
    `approvals: ${approvalsOf(request)} of ${request.requirements.approvals}`,
    request.status === "pending"
      ? `pending since ${showTime(request.createdAt)}, until ${showTime(request.pendingUntil)}`
      : `status: ${visible(request.status)}${request.isEndedBySuspension ? ", by a suspension" : ""}`,
    // What people have written stands last, where no line of it can pass for one of the above.
    "reason:",
    ...quotedLines(request.reason, columns),
    ...request.reviews.flatMap((review) => reviewLines(review, columns)),
  ];
}

const startWords = ({ startsAt }: AccessRequest) =>
  startsAt === undefined ? "the approval that completes it" : `${showTime(startsAt)}, however late it is approved`;

/** The same of a pending extension. */
function extensionLines(
  request: AccessRequest,
  extension: NonNullable<AccessRequest["extension"]>,
  columns: number,
): string[] {
  const { subject, osUser, expiresAt = "" } = request;
  const { requestedBy, durationSeconds, reviews, createdAt, pendingUntil, reason } = extension;
  return [
    `${visible(subject)} asks for more time on ${scopeWords(request)} as ${visible(osUser)}`,
    ...(requestedBy === subject ? [] : [`asked for by ${visible(requestedBy)}`]),
    `for ${showDuration(durationSeconds)} more, from ${showTime(expiresAt)}`,
    `approvals: ${approvalsOf(extension)} of ${extension.requirements.approvals}`,
    `pending since ${showTime(createdAt)}, until ${showTime(pendingUntil)}`,
    "reason:",
    ...quotedLines(reason, columns),
    ...reviews.flatMap((review) => reviewLines(review, columns)),
  ];
}

function reviewLines(review: Review, columns: number): string[] {
  const words = reviewWords({ ...review, comment: undefined });
  return review.comment === undefined ? [words] : [`${words}:`, ...quotedLines(review.comment, columns)];
}
