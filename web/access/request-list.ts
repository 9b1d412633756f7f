import type { AccessRequest } from "../../sdk/types.ts";
import { reviewedNow } from "./request-acts.ts";
import { nextOf } from "./request-words.ts";

/** Which requests a page lists. */
export interface RequestFilter {
  /** Everybody's that the caller may see, not their own alone. */
  readonly isAll: boolean;
  readonly status?: ListedStatus | undefined;
  readonly instanceId?: string | undefined;
}

/** The statuses that a list can be filtered by, in the order in which a page has them. */
export const statuses = ["active", "pending", "scheduled", "denied", "cancelled", "expired", "revoked"] as const;

type ListedStatus = (typeof statuses)[number];

/** Reads the query of a link: `?status=active&whose=all`. What it does not know, it leaves out. */
export function filterOf(query: URLSearchParams): RequestFilter {
  return {
    isAll: query.get("whose") === "all",
    status: statuses.find((status) => status === query.get("status")),
    instanceId: query.get("instanceId")?.trim() || undefined,
  };
}

/** The same as a link's query. */
export const queryOf = ({ isAll, status, instanceId }: RequestFilter) => ({
  whose: isAll ? "all" : undefined,
  ...{ status, instanceId },
});

const sections = [
  ["Active", ["active"]],
  ["Pending", ["pending"]],
  ["Scheduled", ["scheduled"]],
] as const;

export interface Section {
  readonly title: string;
  readonly requests: readonly AccessRequest[];
}

/**
 * Requests by how they stand: what ends or starts next comes first. Past ones follow, the newest first; what the console does not
 * know is among them.
 *
 * @param requests in any order; one may be there twice.
 */
export function sectionsOf(requests: readonly AccessRequest[]): readonly Section[] {
  const each = [...new Map(requests.map((request) => [request.id, request])).values()];
  const isIn = (known: readonly string[]) => (request: AccessRequest) => known.includes(request.status);
  const open = sections.map(([title, known]) => ({ title, requests: each.filter(isIn(known)).toSorted(byNext) }));
  const past = each.filter(
    ({ status }) => !sections.some(([, known]) => (known as readonly string[]).includes(status)),
  );
  const all = [...open, { title: "Past", requests: past.toSorted((a, b) => compare(b.createdAt, a.createdAt)) }];
  return all.filter((section) => section.requests.length > 0);
}

/** What takes a review, in the order in which it is looked at: what has waited longest first, and last what nobody waits for. */
export function reviewOrder(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  const isAwaited = (request: AccessRequest) => reviewedNow(request) !== "further";
  const since = ({ createdAt, extension }: AccessRequest) => extension?.createdAt ?? createdAt;
  return requests.toSorted((a, b) => Number(isAwaited(b)) - Number(isAwaited(a)) || compare(since(a), since(b)));
}

const byNext = (a: AccessRequest, b: AccessRequest) => compare(nextOf(a)?.at ?? "", nextOf(b)?.at ?? "");

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
