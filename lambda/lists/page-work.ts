import type { RequestContext } from "../shared/request-context.ts";

/** Reads for one page, one after the other. */
const mostReads = 4;

/**
 * Milliseconds before the deadline from which on no further read starts: they are for the page's other calls, and its
 * response.
 */
const lastRead = 3000;

/**
 * Whether a page that is not full may take one more read: beyond, it is short, or even empty, and has a cursor. The first read is
 * always allowed, since only a read tells where the list goes on.
 *
 * @param reads that the page has taken.
 */
export function mayReadOn(reads: number, context: Pick<RequestContext, "clock" | "deadline">): boolean {
  return reads === 0 || (reads < mostReads && hasTimeToRead(context));
}

/** Whether the deadline leaves time for one more read. */
export function hasTimeToRead({ clock, deadline }: Pick<RequestContext, "clock" | "deadline">): boolean {
  return clock().getTime() < deadline.at.getTime() - lastRead;
}
