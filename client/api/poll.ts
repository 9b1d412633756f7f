import { pause as realPause } from "../../sdk/pause.ts";
import { isTransient, waitAfterFailure } from "../../sdk/polling.ts";
import type { World } from "../terminal/world.ts";

/** Milliseconds between two looks: the API holds no list open. */
const interval = 5000;

export interface Polling {
  /** Looks once. @returns whether that was the last time. */
  readonly look: () => Promise<boolean>;
  /** What is waited for: `Waiting for requests to review`. */
  readonly says: string;
  /** For tests: how to wait between two looks. */
  readonly pause?: typeof realPause | undefined;
}

/**
 * Looks again and again. Transient failures are waited out, but for the first look.
 *
 * @throws what `look` throws if it is not transient; the signal's reason.
 */
export async function poll(
  { terminal, signal }: Pick<World, "terminal" | "signal">,
  { look, says, pause = realPause }: Polling,
): Promise<void> {
  let failures = 0;
  let said = "";
  for (let looks = 1; ; looks++) {
    let wait = interval;
    try {
      const isLast = await look();
      failures = 0;
      if (isLast) return;
    } catch (error) {
      if (looks === 1 || !isTransient(error)) throw error;
      failures += 1;
      wait = Math.max(interval, waitAfterFailure(error, failures));
    }
    const message = `${says}${failures > 0 ? ". No response, trying again" : ""}`;
    // A log gets a line for each change.
    if (terminal.isInteractive || message !== said) terminal.progress(message);
    said = message;
    await pause(wait, signal);
  }
}
