import type { Latchkey } from "../../sdk/latchkey.ts";
import type { AccessRequest, AccessRequestPage } from "../../sdk/types.ts";

/** What narrows the list: parameters of `GET /v1/access-requests`. */
export type AccessRequestFilter = Readonly<Record<string, string | undefined>>;

interface Listing {
  readonly signal: AbortSignal;
  /** Ends the list there. */
  readonly limit?: number | undefined;
  /** Gets each page. */
  readonly onPage?: (page: AccessRequestPage) => void;
}

/**
 * The access requests that the caller may see, newest first, page after page: a page may be short, or empty, while
 * there are more.
 */
export async function listAccessRequests(
  api: Pick<Latchkey, "call">,
  filter: AccessRequestFilter,
  { signal, limit = Number.POSITIVE_INFINITY, onPage }: Listing,
): Promise<AccessRequest[]> {
  const requests: AccessRequest[] = [];
  let cursor: string | undefined;
  do {
    // One size for all pages: a cursor is for the same parameters.
    const page = await api.call("listAccessRequests", { ...filter, limit: 100, cursor }, { signal });
    onPage?.(page);
    requests.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && requests.length < limit);
  return requests.slice(0, limit);
}
