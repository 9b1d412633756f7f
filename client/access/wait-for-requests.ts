import type { AccessRequest } from "../../sdk/types.ts";
import { type Polling, poll } from "../api/poll.ts";
import type { Context } from "../command/context.ts";

interface Following extends Pick<Polling, "pause"> {
  /** Newest first. */
  readonly read: () => Promise<readonly AccessRequest[]>;
  /** Gets each request once, oldest first. */
  readonly show: (requests: readonly AccessRequest[]) => void;
  /** Ends after as many requests. */
  readonly limit: number;
}

/** Looks for requests again and again. @throws as `poll` */
export async function waitForRequests(
  context: Pick<Context, "terminal" | "signal">,
  { read, show, limit, pause }: Following,
): Promise<void> {
  const seen = new Set<string>();
  const look = async () => {
    const found = (await read()).filter(({ id }) => !seen.has(id));
    const oldest = found.toReversed().slice(0, limit - seen.size);
    for (const { id } of oldest) seen.add(id);
    if (oldest.length > 0) show(oldest);
    return seen.size >= limit;
  };
  await poll(context, { look, says: "Waiting for requests to review", pause });
}
