import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

interface CallbackResponse {
  /** What the provider sent the browser to, with the code or an error in its query. */
  readonly url: URL;
  /** Shows in the browser how it ended. Never throws. */
  reply(work: Promise<unknown>): Promise<void>;
}

export interface Callback {
  readonly redirectUri: string;
  /** Rejects with the signal's reason. */
  readonly response: Promise<CallbackResponse>;
  stop(): void;
}

interface CallbackOptions {
  /** The default is any. */
  readonly port?: number | undefined;
  /** What comes back without it is somebody else's, who must not end the login: any page can send a browser to a port. */
  readonly state: string;
}

/**
 * Waits on a port of this machine for the browser to come back from the provider, once.
 *
 * @throws Failure `configuration` if the port is taken.
 */
export async function startCallback(signal: AbortSignal, { port = 0, state }: CallbackOptions): Promise<Callback> {
  const server = createServer();
  const stopped = new AbortController();
  const response = new Promise<CallbackResponse>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: stopped.signal });
    let isUsed = false;
    server.on("request", ({ method, url: target = "/", headers }: IncomingMessage, result: ServerResponse) => {
      const url = URL.canParse(target, redirectUri) ? new URL(target, redirectUri) : undefined;
      const isOurs = method === "GET" && headers.host === new URL(redirectUri).host && url?.pathname === "/callback";
      const states = url?.searchParams.getAll("state") ?? [];
      const isOfLogin = isOurs && states.length === 1 && states[0] === state;
      if (!isOfLogin || isUsed) return show(result, 404, "There is nothing here.");
      isUsed = true;
      resolve({
        url,
        reply: (work) =>
          work.then(
            () => show(result, 200, "You are signed in. You can close this page."),
            () => show(result, 400, "You are not signed in. The terminal says why; you can close this page."),
          ),
      });
    });
  });
  response.catch(() => {}); // it may not be waited for
  await new Promise<void>((listening, failed) => {
    server.once("error", failed).listen(port, "127.0.0.1", listening);
  }).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Failure(`the redirectPort ${port} cannot be used: ${code}`, {
      exitCode: exitCodes.configuration,
      hint: "end what uses it, or sign in with --device",
    });
  });
  // A listening TCP server has an address of this shape.
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  return {
    redirectUri,
    response,
    stop: () => {
      stopped.abort();
      server.close();
      server.closeIdleConnections();
    },
  };
}

function show(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-store",
      Connection: "close",
    })
    .end(`<!doctype html>\n<html lang="en">\n<title>Latchkey</title>\n<p>${text}</p>\n</html>\n`);
}
