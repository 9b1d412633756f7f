import type { RequestContext } from "../shared/request-context.ts";
import { type Closing, type CountedDenials, closeDenials } from "./denial.ts";

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface DenialClosings {
  /** By a consistent read; undefined if there are none. */
  readDenials(id: string, signal: AbortSignal): Promise<CountedDenials | undefined>;
  /** @returns false if they have changed since they were read: then nothing has been written. */
  writeClosing(id: string, read: CountedDenials, closing: Closing, signal: AbortSignal): Promise<boolean>;
}

/**
 * Closes the denials of a caller's minute, if they are due.
 *
 * @returns whether it was written: if not, they are closed, or still due in the next minute.
 * @throws Problem as the ports do.
 */
export async function closeIfDue(
  ports: DenialClosings,
  id: string,
  { clock, requestId, deadline: { signal } }: RequestContext,
): Promise<boolean> {
  const denials = await ports.readDenials(id, signal);
  const closing = denials && closeDenials(id, denials, clock(), requestId);
  return denials !== undefined && closing !== undefined && ports.writeClosing(id, denials, closing, signal);
}
