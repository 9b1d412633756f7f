import type { Caller } from "../contract/caller.ts";
import type { AccessRequest } from "./access-request.ts";

/** Is it the caller's own: made by them, or for them? Whoever's it is sees it, whatever became of its instance. */
export function isOwn(
  { id }: Caller,
  { subject, requestedBy }: Pick<AccessRequest, "subject" | "requestedBy">,
): boolean {
  return id === subject || id === requestedBy;
}
