import type { Latchkey } from "../../sdk/latchkey.ts";
import type { AccessRequest } from "../../sdk/types.ts";

/** What narrows the list: parameters of `GET /v1/access-requests`. */
export type AccessRequestFilter = Readonly<Record<string, string | undefined>>;

/**
 * The access requests that the caller may see, newest first, page after page: a page may be short, or empty, while
 * there are more.
 *
 * @param limit ends the list there.
 */
export async function listAccessRequests(
  api: Pick<Latchkey, "call">,
  filter: AccessRequestFilter,
  { signal, limit = Number.POSITIVE_INFINITY }: { readonly signal: AbortSignal; readonly limit?: number | undefined },
): Promise<AccessRequest[]> {
  const requests: AccessRequest[] = [];
  let cursor: string | undefined;
  do {
    // One size for all pages: a cursor is for the same parameters.
    const page = await api.call("listAccessRequests", { ...filter, limit: 100, cursor }, { signal });
    requests.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && requests.length < limit);
  return requests.slice(0, limit);
}
