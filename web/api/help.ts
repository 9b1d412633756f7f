import { ApiProblem, LoginError, NetworkError, UnexpectedResponse } from "../../sdk/index.ts";

/** What a person reads of an error, and can do about it. */
export interface Help {
  readonly title: string;
  readonly detail: string;
  /** What is wrong with fields of the request. */
  readonly faults: readonly string[];
  /** Whether the same may succeed if it is tried again. */
  readonly canRetry: boolean;
  /** Seconds after which to try again. */
  readonly retryAfter?: number | undefined;
  /** For those who look into the log. */
  readonly requestId?: string | undefined;
  /** Page and heading of the documentation. */
  readonly page?: string | undefined;
  /** Whether signing in again is the way on. */
  readonly isSignedOut?: boolean;
}

const usual = { faults: [], canRetry: true } as const;

/** @param isOnline what the browser says of the network */
export function helpFor(error: unknown, isOnline = true): Help {
  if (error instanceof ApiProblem) {
    const { title, detail, code, errors = [], requestId, retryable, help } = error.problem;
    const { retryAfter } = error;
    const faults = errors.flatMap((fault) => fault.detail ?? []);
    const isSignedOut = code === "unauthenticated";
    return { title, detail, faults, canRetry: retryable, retryAfter, requestId, page: help, isSignedOut };
  }
  if (error instanceof LoginError) {
    const isSignedOut = error.code === "sign-in-required";
    if (!isSignedOut) return { ...usual, title: "The sign-in was not renewed", detail: `${error.message}.` };
    return { ...usual, title: "Your sign-in has ended", detail: "Sign in again to go on.", isSignedOut };
  }
  if (error instanceof NetworkError) {
    if (!isOnline) return { ...usual, title: "You are offline", detail: "Try again when the network is back." };
    if (error.code === "TIMEOUT") {
      return { ...usual, title: "No response in time", detail: `${error.host} did not respond in time.` };
    }
    return {
      ...usual,
      title: "No connection to Latchkey",
      detail: `${error.host} cannot be reached from this browser. If it is in a private network, this page needs that network too.`,
    };
  }
  if (error instanceof UnexpectedResponse) {
    return {
      ...usual,
      title: "Not a response of Latchkey",
      detail: `Something in front of Latchkey responded with ${error.status}.`,
    };
  }
  return { ...usual, title: "Internal error", detail: "The console failed. Reload the page." };
}
