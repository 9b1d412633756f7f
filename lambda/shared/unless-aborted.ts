import { Problem } from "./problem.ts";

/**
 * What a read comes to, or `upstream-unavailable` as soon as the signal aborts: credentials that are being assumed do not hear of
 * it, since others wait for them too.
 */
export function unlessAborted<T>(read: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => reject(new Problem("upstream-unavailable"));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
  return Promise.race([read, aborted]);
}
