import { pause as realPause } from "../../sdk/pause.ts";
import { isTransient, waitAfterFailure } from "../../sdk/polling.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";

/** Milliseconds between two looks: the API holds no list open. */
const interval = 5000;

interface Following {
  /** Newest first. */
  readonly read: () => Promise<readonly AccessRequest[]>;
  /** Gets each request once, oldest first. */
  readonly show: (requests: readonly AccessRequest[]) => void;
  /** Ends after as many requests. */
  readonly limit: number;
  /** For tests: how to wait between two looks. */
  readonly pause?: typeof realPause;
}

/**
 * Looks for requests again and again. Transient failures are waited out, but for the first look.
 *
 * @throws what `read` throws if it is not transient; the signal's reason.
 */
export async function waitForRequests(
  { terminal, signal }: Pick<Context, "terminal" | "signal">,
  { read, show, limit, pause = realPause }: Following,
): Promise<void> {
  const seen = new Set<string>();
  let failures = 0;
  let said = "";
  const say = (message: string) => {
    // A log gets a line for each change.
    if (terminal.isInteractive || message !== said) terminal.progress(message);
    said = message;
  };
  for (let looks = 1; ; looks++) {
    let wait = interval;
    try {
      const found = (await read()).filter(({ id }) => !seen.has(id));
      const oldest = found.toReversed().slice(0, limit - seen.size);
      failures = 0;
      for (const { id } of oldest) seen.add(id);
      if (oldest.length > 0) show(oldest);
      if (seen.size >= limit) return;
    } catch (error) {
      if (looks === 1 || !isTransient(error)) throw error;
      failures += 1;
      wait = Math.max(interval, waitAfterFailure(error, failures));
    }
    say(`Waiting for requests to review${failures > 0 ? ". No response, trying again" : ""}`);
    await pause(wait, signal);
  }
}
