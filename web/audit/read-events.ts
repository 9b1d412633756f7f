import type { AuditEvent, AuditEventPage } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import type { EventFilter } from "./filters.ts";

/** Pages that are read at once at most, so that a search of a long trail says how far it came. */
const mostPages = 20;

interface Reading {
  readonly cursor?: string | undefined;
  readonly limit?: number;
  /** Whether this is enough. Left out: everything is wanted. */
  readonly isEnough?: (events: readonly AuditEvent[]) => boolean;
}

/**
 * Reads page after page, newest first: a page may be short, or empty, while there are more.
 *
 * @returns them as one page, with the cursor of the next if there may be more.
 */
export async function readEvents(
  filter: EventFilter,
  { cursor, limit = 100, isEnough = () => false }: Reading,
  signal: AbortSignal,
): Promise<AuditEventPage> {
  let read: AuditEventPage = { items: [], nextCursor: cursor };
  for (let count = 0; count < mostPages; count++) {
    const page = await api().call("listAuditEvents", { ...filter, limit, cursor: read.nextCursor }, { signal });
    read = {
      items: [...read.items, ...page.items],
      nextCursor: page.nextCursor,
      incomplete: [...(read.incomplete ?? []), ...(page.incomplete ?? [])],
    };
    if (page.nextCursor === undefined || isEnough(read.items)) break;
  }
  return read;
}
