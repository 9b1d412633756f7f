import type { NetworkError } from "./errors.ts";
import { retryAfterOf } from "./response.ts";
import type { HttpResponse } from "./transport.ts";
import type { Problem } from "./types.ts";

/** Milliseconds: the longest wait before a retry. If the API asks for more, the caller decides. */
const longestWait = 5000;
/** Milliseconds: the wait if the response names none, and after a connection that broke. */
export const usualWait = 250;

/**
 * How long to wait before retrying after a transient failure. Every call may be retried, since calls that change
 * something send an Idempotency-Key.
 *
 * @returns milliseconds; undefined: do not retry.
 */
export function waitBeforeRetry({ status, headers, body }: HttpResponse): number | undefined {
  const seconds = retryAfterOf(headers);
  const asked = seconds === undefined ? undefined : seconds * 1000;
  if (asked !== undefined && asked > longestWait) return undefined;
  // With 409 it stands only if the first request with the same key is still running.
  if (status === 429 || status === 409) return asked;
  if (status === 502 || status === 503 || status === 504) return isFinal(body) ? undefined : (asked ?? usualWait);
  return undefined;
}

/** Whether a problem document says that a retry is useless. */
function isFinal(body: string): boolean {
  try {
    return (JSON.parse(body) as Partial<Problem> | null)?.retryable === false;
  } catch {
    return false;
  }
}

/** Whether an immediate retry may succeed: the connection broke, it was neither refused nor timed out. */
export function isTransient({ code }: NetworkError): boolean {
  return ["ECONNRESET", "EPIPE", "EAI_AGAIN", "ECONNABORTED", "HPE_INVALID_EOF_STATE", "UND_ERR_SOCKET"].includes(code);
}
