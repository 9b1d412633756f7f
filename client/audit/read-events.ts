import type { Operations } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";

export type EventFilter = Omit<Operations["listAuditEvents"]["input"], "limit" | "cursor">;

/** Page after page, newest first: a page may be short, or empty, while there are more. */
export async function* eventPages(context: Pick<Context, "api" | "signal">, filter: EventFilter) {
  const api = await context.api();
  let cursor: string | undefined;
  do {
    // One size for all pages: a cursor is for the same parameters.
    const page = await api.call("listAuditEvents", { ...filter, limit: 100, cursor }, { signal: context.signal });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
