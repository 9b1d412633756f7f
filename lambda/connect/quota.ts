import { countOne } from "../shared/quota.ts";
import type { Decided } from "./assess.ts";
import type { ConnectCall } from "./ports.ts";

/**
 * Counts a push that the caller asks for, beside the first round trip, so that it takes no time of its own.
 *
 * @returns a check to make before the intent is written. It throws Problem `throttled` if there were too many, unless the
 *   connection is made by break-glass; and as the counter does.
 */
export function countPush({ ports, input, context }: ConnectCall): (decided: Decided) => Promise<void> {
  const { clock, deadline } = context;
  const counting = countOne(ports.quota, input.caller.id, "pushes", { now: clock(), signal: deadline.signal });
  // If the connection is refused, nobody waits for it.
  counting.catch(() => {});
  return async ({ access }) => {
    const excess = access?.breakGlass ? undefined : await counting;
    if (excess) throw excess;
  };
}

/** Counts a denial that is about to be recorded. @throws Problem `throttled` if there were too many; and as the counter does. */
export async function countDenial({ ports, input, context }: ConnectCall): Promise<void> {
  const { clock, deadline } = context;
  const excess = await countOne(ports.quota, input.caller.id, "denials", { now: clock(), signal: deadline.signal });
  if (excess) throw excess;
}
