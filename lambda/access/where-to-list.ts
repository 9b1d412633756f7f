import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { instanceIn, isTagScope } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import { endOf, isOpen } from "./status.ts";

// Access requests are listed by what they have in common, so that a page reads those that it may show, however many others
// are stored.

/**
 * How requests are kept apart by their status, as it is stored: those whose extension is pending, and those that may take
 * further reviews, are apart from other active ones.
 */
export type ListedStatus = AccessRequestStatus | "extending" | "active-for-tags";

/** What the requests of a partition have in common. */
export type ListPartition =
  | { readonly by: "all" }
  | { readonly by: "status"; readonly status: ListedStatus }
  /** `isOpen`: by their status as it is stored. Those that have ended are apart, since only they become ever more. */
  | { readonly by: "subject" | "requester" | "instance"; readonly id: string; readonly isOpen: boolean };

export interface AccessFilter {
  readonly status?: AccessRequestStatus | undefined;
  readonly instanceId?: string | undefined;
  readonly subject?: string | undefined;
  readonly reviewable?: boolean | undefined;
}

/** The partitions that a request is in, besides that of all. */
export function partitionsWith(request: AccessRequest): readonly ListPartition[] {
  const { subject, requestedBy, scope } = request;
  const isStillOpen = endOf(request) !== undefined;
  const instance = instanceIn(scope);
  return [
    { by: "status", status: listedStatusOf(request) },
    { by: "subject", id: subject, isOpen: isStillOpen },
    { by: "requester", id: requestedBy, isOpen: isStillOpen },
    ...(instance ? [{ by: "instance", id: instance.instanceId, isOpen: isStillOpen } as const] : []),
  ];
}

function listedStatusOf({ status, scope, extension }: AccessRequest): ListedStatus {
  if (extension?.status === "pending" && isOpen(status)) return "extending";
  return status === "active" && isTagScope(scope) ? "active-for-tags" : status;
}

/** The partitions that have all requests which match a filter: of those that there are, the smallest. */
export function whereToList(filter: AccessFilter): readonly ListPartition[] {
  const { subject, instanceId } = filter;
  if (subject !== undefined) return partitionsOf("subject", subject, filter);
  if (instanceId !== undefined) return partitionsOf("instance", instanceId, filter);
  return statusesOf(filter)?.map((status) => ({ by: "status", status })) ?? [{ by: "all" }];
}

/** The same for a caller who sees no requests but their own. */
export const whereOwnAre = (callerId: string, filter: AccessFilter): readonly ListPartition[] => [
  ...partitionsOf("subject", callerId, filter),
  ...partitionsOf("requester", callerId, filter),
];

function partitionsOf(by: "subject" | "requester" | "instance", id: string, filter: AccessFilter) {
  const statuses = statusesOf(filter);
  const isAny = (open: boolean) => statuses?.some((status) => isStoredOpen(status) === open) ?? true;
  return [true, false].filter(isAny).map((open) => ({ by, id, isOpen: open }));
}

const isStoredOpen = (status: ListedStatus) => status === "extending" || status === "active-for-tags" || isOpen(status);

/** What those that match may be stored as. Undefined: anything. */
function statusesOf({ status, reviewable }: AccessFilter): readonly ListedStatus[] | undefined {
  if (reviewable) return ["pending", "extending", "active-for-tags"];
  // What has started is kept with what is scheduled until that is written, and what has expired with what is open.
  const started = ["active", "active-for-tags", "extending", "scheduled"] as const;
  if (status === "active") return started;
  if (status === "expired") return ["expired", "pending", ...started];
  return status && [status];
}
