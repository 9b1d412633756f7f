import type { Caller } from "../../contract/caller.ts";
import type { People } from "../shared/people.ts";
import type { RequestContext } from "../shared/request-context.ts";

/** Milliseconds. */
const refreshedAfter = 600_000;

/** Each takes a few hundred bytes. */
const mostPeople = 10_000;

/**
 * Keeps who has called: at most every ten minutes, or if the person comes with other groups. It runs beside the request and never
 * fails it; the log line says if it failed.
 */
export function rememberPeople(people: Pick<People, "refresh">) {
  const kept = new Map<string, { readonly as: string; readonly at: number }>();
  return async (caller: Caller, { clock, deadline: { signal }, note }: RequestContext): Promise<void> => {
    if (caller.kind !== "person") return;
    const now = clock();
    const as = JSON.stringify([caller.frontDoor, caller.groups]);
    const last = kept.get(caller.id);
    if (last?.as === as && now.getTime() - last.at < refreshedAfter) return;
    try {
      await people.refresh(caller, now, signal);
      if (kept.size >= mostPeople) kept.clear();
      kept.set(caller.id, { as, at: now.getTime() });
    } catch {
      note({ person: "unrecorded" });
    }
  };
}
