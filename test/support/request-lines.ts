import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds within which a line must arrive. Only a failing test waits this long. */
const patience = 60_000;

/**
 * The log lines of one request, as many as expected. They take another path than the response, and may arrive a little later.
 * Returns fewer if no more arrive.
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
