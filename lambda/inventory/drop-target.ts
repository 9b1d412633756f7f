import type { RequestContext } from "../shared/request-context.ts";
import type { TargetKey } from "../shared/target.ts";
import { knownIn } from "./known-in.ts";
import type { FillPorts } from "./sync-ports.ts";

/** Forgets all that is known of a target that is no longer served. @returns how many instances that were. */
export async function dropTarget(
  { store }: Pick<FillPorts, "store">,
  target: TargetKey,
  { clock, deadline: { signal } }: RequestContext,
): Promise<number> {
  const now = clock();
  const known = await knownIn(store, target, signal);
  await store.forget(known, now, signal);
  await store.forgetSync(target, signal);
  return known.length;
}
