import { NetworkError } from "./errors.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: send none. */
  readonly body: string;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/**
 * Sends one request and returns the whole response, with any status. Must not follow redirects: a signature is good for one URL.
 *
 * @throws NetworkError, or the signal's reason.
 */
export type Transport = (
  request: HttpRequest,
  options: { readonly timeout: number; readonly signal: AbortSignal | undefined },
) => Promise<HttpResponse>;

/** By the global `fetch`, in browsers and Node.js. */
export const fetchTransport: Transport = async ({ url, method, headers, body }, { timeout, signal }) => {
  const expired = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body !== "" && { "content-type": "application/json" }), ...headers },
      redirect: "manual",
      credentials: "omit",
      signal: signal === undefined ? expired : AbortSignal.any([signal, expired]),
      ...(body !== "" && { body }),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch (error) {
    signal?.throwIfAborted();
    throw new NetworkError(expired.aborted ? "TIMEOUT" : codeOf(error), url.host, error);
  }
};

/** Node's fetch keeps the code in the error's cause; a browser tells none. */
function codeOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  return typeof code === "string" ? code : "FETCH_FAILED";
}
