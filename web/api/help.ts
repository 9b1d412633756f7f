import { ApiProblem, LoginError, NetworkError, UnexpectedResponse } from "../../sdk/index.ts";

/** What a person reads of an error, and can do about it. */
export interface Help {
  readonly title: string;
  readonly detail: string;
  /** What is wrong with fields of the request. */
  readonly faults: readonly FieldFault[];
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

export interface FieldFault {
  /** A JSON pointer into the request's body, or the name of a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

const usual = { faults: [], canRetry: true } as const;

/** For what the API or the OpenID provider says of a token that is no longer valid: the banner has the way on. */
const signedOut: Help = {
  ...usual,
  title: "Your sign-in has ended",
  detail: "Sign in again, then try again.",
  isSignedOut: true,
};

/** The API's words without those about its document, which people do not see: "; `errors` lists the invalid fields". */
const withoutMembers = (detail: string) => detail.replace(/[;.] `\w+` [^.]*\.$/, ".");

/** `instanceId: wrong format`, or better. */
const inWords = ({ pointer, code }: { readonly pointer: string; readonly code: string }) =>
  code === "more-than-asked"
    ? "That is longer than was asked for."
    : `${pointer.slice(1)}: ${code.replaceAll("-", " ")}`;

/** @param isOnline what the browser says of the network */
export function helpFor(error: unknown, isOnline = true): Help {
  if (error instanceof ApiProblem) {
    const { title, detail, code, errors = [], requestId, retryable, help } = error.problem;
    if (code === "unauthenticated") return signedOut;
    const faults = errors.map((fault) => ({ pointer: fault.pointer, detail: fault.detail ?? inWords(fault) }));
    return {
      title,
      detail: withoutMembers(detail),
      faults,
      canRetry: retryable,
      retryAfter: error.retryAfter,
      requestId,
      page: help,
    };
  }
  if (error instanceof LoginError) {
    if (error.code === "sign-in-required") return signedOut;
    return { ...usual, title: "Not signed in", detail: `${error.message}.` };
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

/** What an error says of one field, which a JSON pointer names. */
export const faultAt = (error: unknown, pointer: string): string | undefined =>
  helpFor(error).faults.find((fault) => fault.pointer === pointer)?.detail;
