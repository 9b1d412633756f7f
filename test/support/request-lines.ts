import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds in which a line must come: only a test that fails waits for so long. */
const patience = 60_000;

/**
 * What the functions have logged of one request, so many lines as are expected. They come by another way than the answer,
 * and so may come a little later. Fewer where that is all there is.
 */
export async function requestLines(
  logLines: readonly string[],
  requestId: string,
  expected: number,
): Promise<string[]> {
  const found = () => logLines.filter((line) => line.includes(requestId));
  for (const start = performance.now(); found().length < expected && performance.now() - start < patience; ) {
    await delay(1);
  }
  return found();
}
