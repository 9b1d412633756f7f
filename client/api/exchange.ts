import type { Agent, IncomingHttpHeaders, IncomingMessage } from "node:http";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none is sent. */
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface ExchangeOptions {
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** What leads through a proxy, where one is needed. */
  readonly agent?: Agent | undefined;
}

/** Bytes: a page of a hundred instances, with all that each may have, stays far below. */
const longestAnswer = 1 << 20; // 1 MiB

/** Milliseconds until the connection stands: what does not answer by then is not there. */
const connectTimeout = 10_000;

/** A fault of the way to the API: the answer did not come, or not whole. */
export class NetworkFault extends Error {
  /** Node's or OpenSSL's code, or one of ours: `TIMEOUT`, `TOO_LONG`. */
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/**
 * One request and its answer, over a connection of its own. Redirects are not followed: a signature holds for one place.
 *
 * @throws NetworkFault; the signal's reason.
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { url, method, headers, body } = request;
  const { timeout, signal, agent } = options;
  // Only the one that is needed: https takes time to load.
  const { request: open } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const length = body === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = open(url, { method, headers: { ...headers, ...length }, agent: agent ?? false, signal });
    const end = (error: NodeJS.ErrnoException) => {
      clearTimeout(overall);
      clearTimeout(connecting);
      if (signal.aborted) reject(signal.reason);
      else reject(error instanceof NetworkFault ? error : new NetworkFault(error.code ?? "UNKNOWN", error));
    };
    const overall = setTimeout(() => call.destroy(new NetworkFault("TIMEOUT")), timeout);
    const connecting = setTimeout(() => call.destroy(new NetworkFault("TIMEOUT")), Math.min(connectTimeout, timeout));
    call.once("socket", (socket) => {
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => clearTimeout(connecting));
    });
    call.on("error", end);
    call.once("response", (response) => {
      clearTimeout(connecting);
      readBody(response).then((text) => {
        clearTimeout(overall);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      }, end);
    });
    call.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) throw new NetworkFault("TOO_LONG");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
