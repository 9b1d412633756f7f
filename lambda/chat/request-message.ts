import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { showDuration } from "../../contract/duration.ts";
import { approvalsOf, requirementsWords, reviewerNames } from "../../contract/requirements-words.ts";
import type { Button, Fact, Message, Quote } from "./chat.ts";
import { lengthWords, scopeWords, showTime, statusWords, waitingWords } from "./words.ts";

/** What a message about a request shows beside the request itself. */
export interface Shown {
  /** The value of the instance's tag `Name`. */
  readonly instanceName?: string | undefined;
  /** The browser console's, with a slash at its end, if there is one. */
  readonly consoleUrl?: string | undefined;
}

const titles: Readonly<Record<AccessRequestResponse["status"], string>> = {
  pending: "Access request",
  scheduled: "Access approved",
  active: "Access approved",
  denied: "Access denied",
  cancelled: "Access request cancelled",
  expired: "Access has ended",
  revoked: "Access revoked",
  unknown: "Access request",
};

/**
 * The message about an access request for those who may review it, as the request is at a moment: of equal states it is equal.
 * Facts stand before what people have written.
 */
export function requestMessage(request: AccessRequestResponse, shown: Shown): Message {
  const { subject, osUser, breakGlass } = request;
  const title = titleOf(request);
  const what = `${subject} as ${osUser} on ${scopeWords(request, shown.instanceName)}`;
  return {
    title: breakGlass ? `Break-glass: ${title.toLowerCase()}` : title,
    summary: `${breakGlass ? "Break-glass: " : ""}${what}, for ${lengthWords(request)}: ${statusWords(request)}`,
    facts: [...factsOf(request, shown), ...extensionFacts(request)],
    quotes: quotesOf(request),
    notes: notesOf(request),
    buttons: [...reviewButtons(request), ...consoleButton(request, shown)],
  };
}

function titleOf({ status, extension, activatedAt }: AccessRequestResponse): string {
  if (status === "active" && extension?.status === "pending") return "More time asked for";
  if (status === "active" && extension?.status === "approved") return "Access extended";
  if (status === "expired" && activatedAt === undefined) return "Access request expired";
  return titles[status];
}

function factsOf(request: AccessRequestResponse, { instanceName }: Shown): Fact[] {
  const { subject, requestedBy, scope, requirements, status } = request;
  const isForTags = "tags" in scope;
  return [
    { name: "Who", value: subject },
    ...(requestedBy === subject ? [] : [{ name: "Asked for by", value: requestedBy }]),
    { name: isForTags ? "Instances" : "Instance", value: scopeWords(request, instanceName) },
    { name: "OS user", value: request.osUser },
    { name: "How long", value: lengthWords(request) },
    ...(request.startsAt === undefined ? [] : [{ name: "Starts", value: showTime(request.startsAt) }]),
    {
      name: "Needs",
      value: request.breakGlass ? "nothing: it was taken by break-glass" : requirementsWords(requirements),
    },
    ...(requirements.approvals === 0 ? [] : [{ name: "Approvals", value: approvalWords(request) }]),
    ...(status === "pending" ? reviewersFact(requirements) : []),
    { name: "Status", value: statusWords(request) },
    { name: "Request", value: request.id },
  ];
}

type Reviewed = Pick<AccessRequestResponse, "reviews" | "requirements">;

const approvalWords = ({ reviews, requirements }: Reviewed) =>
  `${approvalsOf({ reviews })} of ${requirements.approvals}`;

const reviewersFact = ({ reviewers }: AccessRequestResponse["requirements"]): Fact[] =>
  reviewers === undefined ? [] : [{ name: "Who can approve", value: reviewerNames(reviewers) }];

function extensionFacts({ status, extension, subject }: AccessRequestResponse): Fact[] {
  if (status !== "active" || !extension) return [];
  const asked = `${showDuration(extension.durationSeconds)} more`;
  if (extension.status !== "pending") return [{ name: "Extension", value: `${asked}: ${extension.status}` }];
  return [
    { name: "Extension", value: `${asked}: ${waitingWords(extension)}` },
    ...(extension.requestedBy === subject ? [] : [{ name: "Asked for by", value: extension.requestedBy }]),
    { name: "Approvals of the extension", value: approvalWords(extension) },
    ...reviewersFact(extension.requirements),
  ];
}

const verbs = { approve: "Approved", deny: "Denied" } as const;
const extensionVerbs = { approve: "More time approved", deny: "More time denied" } as const;

/** Reviews that a message shows: the last ones. */
const mostReviews = 10;

const reviewsOf = ({ reviews, extension }: AccessRequestResponse) =>
  [
    ...reviews.map((review) => ({ ...review, verb: verbs[review.decision] })),
    ...(extension?.reviews ?? []).map((review) => ({ ...review, verb: extensionVerbs[review.decision] })),
  ].slice(-mostReviews);

/** What people have written: each quote with who wrote it. */
function quotesOf(request: AccessRequestResponse): Quote[] {
  const { status, requestedBy, reason, extension } = request;
  return [
    { label: `Reason, by ${requestedBy}`, text: reason },
    ...(status === "active" && extension
      ? [{ label: `Reason for more time, by ${extension.requestedBy}`, text: extension.reason }]
      : []),
    ...reviewsOf(request).flatMap(({ reviewer, verb, comment }) =>
      comment === undefined ? [] : [{ label: `${verb} by ${reviewer}`, text: comment }],
    ),
  ];
}

function notesOf(request: AccessRequestResponse): string[] {
  return [
    ...("tags" in request.scope
      ? ["At each connection policy decides on all tags of the instance, and counts those who may review there."]
      : []),
    ...reviewsOf(request).flatMap(({ reviewer, verb, comment, durationSeconds }) => {
      const shortened = durationSeconds === undefined ? "" : ` for ${showDuration(durationSeconds)}`;
      return comment === undefined || shortened !== "" ? [`${verb} by ${reviewer}${shortened}.`] : [];
    }),
  ];
}

/** What a button is about: a request, or an extension of one. A click decides nothing else, even if the message is old. */
const buttonValue = (requestId: string, extensionId?: string): string =>
  extensionId === undefined ? requestId : `${requestId}/${extensionId}`;

/** What can be reviewed of a request now, as the value of a button. Nobody reviews break-glass. */
function reviewableValue({ id, status, extension, breakGlass }: AccessRequestResponse): string | undefined {
  if (breakGlass) return undefined;
  if (status === "pending") return buttonValue(id);
  return status === "active" && extension?.status === "pending" ? buttonValue(id, extension.id) : undefined;
}

function reviewButtons(request: AccessRequestResponse): Button[] {
  const value = reviewableValue(request);
  if (value === undefined) return [];
  return [
    { kind: "approve", value },
    { kind: "deny", value },
  ];
}

/** A link to the request in the browser console. */
export function consoleButton({ id }: Pick<AccessRequestResponse, "id">, { consoleUrl }: Shown): Button[] {
  if (consoleUrl === undefined) return [];
  return [{ kind: "link", label: "Open in the console", url: `${consoleUrl}#/requests/${encodeURIComponent(id)}` }];
}
