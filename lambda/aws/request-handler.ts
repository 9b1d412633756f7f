import * as http from "node:http";
import * as https from "node:https";
import { setImmediate as nextTurn } from "node:timers/promises";

/** A request to AWS, as the SDK's protocols make it. */
export interface AwsRequest {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: number | undefined;
  readonly method?: string;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A response as the SDK's protocols read it, with all of its body. */
export interface AwsResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Connections to one host at most, as in the SDK. */
const options = { keepAlive: true, maxSockets: 50 };

/** Milliseconds without a response, in which the function may have been frozen, and AWS may have closed connections. */
const longPause = 1000;

/**
 * Sends requests to AWS over connections that are kept. In place of the SDK's handler, whose requests have five timers, and
 * which leaves the body to be read afterwards.
 *
 * A request rejects with `TimeoutError` if there is no connection in time, or nothing is received for too long, be it the
 * headers or a piece of the body; with `AbortError`; or with Node's error of the network. Then its connection is closed.
 */
export class RequestHandler {
  /** Milliseconds. A control-plane call takes tens to hundreds, and three attempts must fit into a request. */
  readonly timeouts = { connection: 1000, silence: 3000 };
  readonly #transports = {
    "http:": { request: http.request, agent: new http.Agent(options) },
    "https:": { request: https.request, agent: new https.Agent(options) },
  };
  #respondedAt = Number.POSITIVE_INFINITY;

  async handle(request: AwsRequest, options: { readonly abortSignal?: object } = {}) {
    const hasPaused = Date.now() - this.#respondedAt > longPause;
    // Node notices which connections have been closed, and uses none of them.
    if (hasPaused) await nextTurn();
    // The SDK's type of a signal is older than the standard.
    const response = await this.#exchange(request, options.abortSignal as AbortSignal | undefined, hasPaused);
    this.#respondedAt = Date.now();
    return { response };
  }

  #exchange(request: AwsRequest, abortSignal: AbortSignal | undefined, hasPaused: boolean) {
    return new Promise<AwsResponse>((resolve, reject) => {
      if (abortSignal?.aborted) return reject(abortError(abortSignal));
      const { protocol, hostname, port, path, method, headers, body } = request;
      const transport = this.#transports[protocol === "http:" ? "http:" : "https:"];
      const sent = transport.request({ agent: transport.agent, host: hostname, port, path, method, headers });
      const { connection, silence } = this.timeouts;
      const stop = () => {
        clearTimeout(connecting);
        clearTimeout(silent);
        abortSignal?.removeEventListener("abort", onAbort);
      };
      let isAnswered = false;
      const fail = (error: Error) => {
        stop();
        const isLost = hasPaused && sent.reusedSocket && !isAnswered && isReset(error);
        reject(isLost ? new LostConnection(error) : error);
        sent.destroy();
      };
      const onAbort = () => fail(abortError(abortSignal));
      abortSignal?.addEventListener("abort", onAbort);
      let connecting: NodeJS.Timeout | undefined;
      const silent = setTimeout(() => fail(timeoutError(`nothing was received for ${silence} ms`)), silence);
      sent.on("error", fail);
      sent.on("socket", (socket) => {
        if (!socket.connecting) return;
        connecting = setTimeout(() => fail(timeoutError(`no connection in ${connection} ms`)), connection);
        socket.once("connect", () => clearTimeout(connecting));
      });
      sent.on("response", (response) => {
        isAnswered = true;
        silent.refresh();
        const pieces: Uint8Array[] = [];
        response.on("error", fail);
        response.on("data", (piece: Uint8Array) => {
          silent.refresh();
          pieces.push(piece);
        });
        response.on("end", () => {
          stop();
          const { statusCode = 0 } = response;
          resolve({ statusCode, headers: joined(response.headers), body: Buffer.concat(pieces) });
        });
      });
      sent.end(body);
    });
  }

  // What the SDK's clients expect of a handler.
  updateHttpClientConfig(): void {}
  httpHandlerConfigs() {
    return {};
  }
}

/** Headers of several values, of which AWS sends none, as one value. */
function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** A connection that was kept over a long pause turned out to be closed as a request was sent. */
export class LostConnection extends Error {
  readonly code: string;

  constructor(cause: Error & { readonly code?: string }) {
    super("The connection had been closed", { cause });
    this.code = cause.code ?? "";
  }
}

const isReset = ({ code = "" }: Error & { readonly code?: string }) => code === "ECONNRESET" || code === "EPIPE";

// The names by which the SDK tells what to retry.

const timeoutError = (message: string) => Object.assign(new Error(message), { name: "TimeoutError" });

const abortError = (signal?: AbortSignal) =>
  Object.assign(new Error("Request aborted", { cause: signal?.reason }), { name: "AbortError" });
