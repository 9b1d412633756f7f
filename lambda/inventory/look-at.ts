import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import { liveRead } from "./live-read.ts";
import type { FillPorts } from "./sync-ports.ts";

export type LookOutcome =
  | { readonly outcome: "looked"; readonly found: number; readonly forgotten: number }
  /** The target did not respond, or has not a moment ago. Its next sync sees what has happened. */
  | { readonly outcome: "missed"; readonly code: string }
  | { readonly outcome: "left-to-sync" };

/** Reads some instances of a target live, remembers those that exist and forgets the others. */
export async function lookAt(
  { store, reader, recentFailures }: Pick<FillPorts, "store" | "reader" | "recentFailures">,
  target: Target,
  instanceIds: readonly string[],
  { clock, deadline: { signal } }: RequestContext,
): Promise<LookOutcome> {
  const observedAt = clock();
  if (recentFailures.has(target, observedAt)) return { outcome: "left-to-sync" };
  const read = await liveRead(reader.describeInstances(target, instanceIds, signal), signal);
  if ("code" in read) {
    recentFailures.note(target, clock());
    return { outcome: "missed", code: read.code };
  }
  const { accountId, region } = target;
  const gone = instanceIds.filter((instanceId) => !read.value.has(instanceId));
  await store.remember([...read.value.values()], observedAt, signal);
  await store.forget(
    gone.map((instanceId) => ({ accountId, region, instanceId })),
    observedAt,
    signal,
  );
  return { outcome: "looked", found: read.value.size, forgotten: gone.length };
}
