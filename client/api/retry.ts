import type { ProblemDocument } from "../../contract/problem.ts";
import type { HttpAnswer } from "./exchange.ts";

/** Milliseconds that the client waits of its own accord, without a word: more, and the user decides. */
const longestWait = 5000;
/** Milliseconds, where the answer does not say: a fault of the moment is over, and nobody has noticed. */
const usualWait = 250;

/**
 * How long to wait before the same call is made again: after faults that pass. Every call may be made twice, since what changes
 * something bears an Idempotency-Key.
 *
 * @returns milliseconds; undefined where it should not be made again.
 */
export function waitBeforeRetry({ status, headers, body }: HttpAnswer): number | undefined {
  const retryAfter = Number(headers["retry-after"] ?? Number.NaN) * 1000;
  const asked = Number.isFinite(retryAfter) ? retryAfter : undefined;
  if (asked !== undefined && asked > longestWait) return undefined;
  if (status === 429) return asked;
  if (status === 502 || status === 503 || status === 504) return saysNever(body) ? undefined : (asked ?? usualWait);
  return undefined;
}

/** Whether a problem document says that the same will not succeed. */
function saysNever(body: string): boolean {
  try {
    return (JSON.parse(body) as Partial<ProblemDocument> | null)?.retryable === false;
  } catch {
    return false;
  }
}

export { usualWait as waitAfterNetworkFault };
