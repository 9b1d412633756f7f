import type { AccessRequest, Caller, Requirements } from "../../sdk/types.ts";

/** Somebody who looks at a request. */
export type Viewer = Pick<Caller, "id" | "groups">;

/** What a page offers somebody to do with a request. The API decides whether they may. */
export interface Acts {
  /** Only the subject connects. */
  readonly canConnect: boolean;
  readonly canExtend: boolean;
  /** What a cancellation would withdraw. */
  readonly cancels?: "request" | "extension" | undefined;
  /** Whose access a revocation would end. Policy says who may end that of others. */
  readonly revokes?: "own" | "other" | undefined;
  readonly reviews?: Reviewed | undefined;
}

/** What a review decides: the request, its extension, or a further approval of active access by tags. */
export type Reviewed = "request" | "extension" | "further";

export const hasPendingExtension = ({ status, extension }: AccessRequest): boolean =>
  status === "active" && extension?.status === "pending";

/** What an open request offers its viewer; one that has ended, or whose status is unknown, nothing. */
export function actsOn(request: AccessRequest, viewer: Viewer): Acts {
  const { status, subject, breakGlass } = request;
  const isOwn = subject === viewer.id;
  const isExtending = hasPendingExtension(request);
  const isAsker = askersOf(request).includes(viewer.id);
  const isGranted = status === "active" || status === "scheduled";
  const isMade = status === "pending" || status === "scheduled";
  const cancels = isExtending ? "extension" : isMade ? "request" : undefined;
  return {
    canConnect: status === "active" && isOwn,
    canExtend: status === "active" && isAsker && !breakGlass && !isExtending,
    cancels: isAsker ? cancels : undefined,
    // Scheduled access that is one's own is cancelled.
    revokes: !isGranted || (status === "scheduled" && isAsker) ? undefined : isOwn ? "own" : "other",
    reviews: isAsker ? undefined : reviewOf(request, viewer),
  };
}

/** What a review would decide now. Undefined: it takes none. */
export function reviewedNow(request: AccessRequest): Reviewed | undefined {
  const { status, scope } = request;
  if (status === "pending") return "request";
  if (hasPendingExtension(request)) return "extension";
  return status === "active" && "tags" in scope ? "further" : undefined;
}

function reviewOf(request: AccessRequest, viewer: Viewer): Reviewed | undefined {
  const reviewed = reviewedNow(request);
  const { reviews, requirements } = (reviewed === "extension" && request.extension) || request;
  const isDone = reviews.some(({ reviewer }) => reviewer === viewer.id);
  // An extension that was approved starts a new count.
  const isCounted = reviewed === "further" && request.extension?.status === "approved" ? false : isDone;
  return isCounted || !isReviewer(requirements, viewer) ? undefined : reviewed;
}

/** Those who get access or asked for it do not review it. */
const askersOf = ({ subject, requestedBy, extension }: AccessRequest): readonly (string | undefined)[] => [
  ...[subject, requestedBy, extension?.requestedBy],
];

/** The API names this many reviewers at most: there may be more. */
const mostNamed = 20;

/** Whether somebody is one of those who can review, as far as the API says who can. */
function isReviewer({ reviewers }: Requirements, { id, groups }: Viewer): boolean {
  if (reviewers === undefined || reviewers.length >= mostNamed) return true;
  return reviewers.some(({ kind, name }) => {
    if (kind === "group") return name.split(" and ").every((group) => groups.includes(group));
    return kind === "person" && matches(id, name);
  });
}

/** @param pattern in which `*` stands for any characters */
function matches(id: string, pattern: string): boolean {
  const literals = pattern.split("*").map((literal) => literal.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`, "u").test(id);
}
