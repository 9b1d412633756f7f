import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import { knownIn } from "./known-in.ts";
import { liveRead } from "./live-read.ts";
import { SeenInstances } from "./seen-instances.ts";
import type { PageMessage } from "./sync-message.ts";
import type { FillPorts } from "./sync-ports.ts";

/** Seconds between two pages of a target: so no sync calls a target more than once a second. */
const pause = 1;

export type PageOutcome =
  /** More pages follow. */
  | { readonly outcome: "continued" }
  | { readonly outcome: "synced"; readonly forgotten: number }
  /** The target did not respond; `failures` in a row have not been complete. */
  | { readonly outcome: "failed"; readonly code: string; readonly failures: number };

/**
 * Reads one page of a target's instances, remembers them, and asks for the next page. After the last one it forgets what no page
 * had and nobody has observed since the sync began. A sync that fails forgets nothing. Pages may be delivered twice, and
 * syncs of one target may overtake each other: each only tells the store what it saw, and when.
 */
export async function syncPage(
  { store, queue, reader, recentFailures }: FillPorts,
  target: Target,
  message: PageMessage,
  { clock, deadline: { signal } }: RequestContext,
): Promise<PageOutcome> {
  const observedAt = clock();
  const startedAt = message.next ? new Date(message.next.startedAt) : observedAt;
  const page = await liveRead(reader.describePage(target, message.next?.token, signal), signal);
  if ("code" in page) {
    recentFailures.note(target, clock());
    const failure = { code: page.code, failures: message.failures + 1 };
    await store.noteSync(target, { at: startedAt, failure }, signal);
    return { outcome: "failed", ...failure };
  }
  const { instances, nextToken: token } = page.value;
  await store.remember(instances, observedAt, signal);
  const seen = new SeenInstances(startedAt.toISOString(), message.next?.seen);
  for (const { instanceId } of instances) seen.add(instanceId);
  if (token !== undefined) {
    const next = { startedAt: startedAt.toISOString(), token, seen: seen.toString() };
    await queue.send({ message: { ...message, next }, delaySeconds: pause }, signal);
    return { outcome: "continued" };
  }
  const gone = (await knownIn(store, target, signal)).filter(({ instanceId }) => !seen.has(instanceId));
  // The store keeps what has been observed since then.
  await store.forget(gone, startedAt, signal);
  await store.noteSync(target, { at: startedAt }, signal);
  return { outcome: "synced", forgotten: gone.length };
}
