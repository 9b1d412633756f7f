import { once } from "node:events";
import type { TestStack } from "./test-stack.ts";

/**
 * The log lines of one request, when there are as many as expected. They take another path than the response, and may arrive a
 * little later. Jest's own time-out is the bound.
 */
export async function requestLines(
  { logLines, logged }: Pick<TestStack, "logLines" | "logged">,
  requestId: string,
  expected: number,
): Promise<string[]> {
  const found = () => logLines.filter((line) => line.includes(requestId));
  while (found().length < expected) await once(logged, "line");
  return found();
}
