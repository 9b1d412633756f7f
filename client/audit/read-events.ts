import type { Operations } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import { visible } from "../terminal/terminal.ts";

export type EventFilter = Omit<Operations["listAuditEvents"]["input"], "limit" | "cursor">;
type EventPage = Operations["listAuditEvents"]["response"];

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

/** What a page says that it lacks, a line each: a later version of the API may not reach each account. */
export function missingParts(page: EventPage): string[] {
  const { incomplete } = page as { readonly incomplete?: unknown };
  if (!Array.isArray(incomplete)) return [];
  return incomplete.map((part: unknown) => {
    const { accountId, region, code } = Object(part) as Readonly<Record<string, unknown>>;
    return visible(`incomplete: events of ${accountId} in ${region} are missing (${code})`);
  });
}
