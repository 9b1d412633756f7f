import type { Latchkey } from "../../sdk/latchkey.ts";
import type { AccessRequest, AccessRequestPage } from "../../sdk/types.ts";
import type { RequestFilter } from "./request-list.ts";

export interface LoadedRequests {
  readonly requests: readonly AccessRequest[];
  /** Of older requests. */
  readonly nextCursor: string | undefined;
  readonly incomplete: NonNullable<AccessRequestPage["incomplete"]>;
}

const openStatuses = ["active", "pending", "scheduled"] as const;

/**
 * The requests of a filter: all that are open, however old, and the newest of the others.
 *
 * @param subject whose requests. Undefined: everybody's that the caller may see.
 */
export async function loadRequests(
  api: Pick<Latchkey, "call">,
  { status, instanceId, subject }: Omit<RequestFilter, "isAll"> & { readonly subject: string | undefined },
  signal: AbortSignal,
): Promise<LoadedRequests> {
  const shown = status ? [status] : [undefined, ...openStatuses];
  const pages = await Promise.all(
    shown.map((each) => api.call("listAccessRequests", { status: each, instanceId, subject, limit: 100 }, { signal })),
  );
  return {
    requests: pages.flatMap(({ items }) => items),
    nextCursor: pages[0]?.nextCursor,
    incomplete: pages[0]?.incomplete ?? [],
  };
}
