import type { IncomingMessage } from "node:http";
import { type ClientOptions, WebSocket } from "ws";
import { withDeadline } from "../../sdk/deadline.ts";
import { openTimeout, readTunnelUrl } from "../../sdk/tunnel.ts";
import type { Context } from "../command/context.ts";
import { refusedUpgrade } from "./refused-upgrade.ts";
import { closeTimeout } from "./side.ts";
import { type ProxyRoute, proxyRoute } from "./tunnel-proxy.ts";
import { unreachable } from "./unreachable.ts";

/** Bytes of a message, which may be many frames: far more than an endpoint sends, and no more than this process can hold. */
const longestMessage = 4 << 20; // 4 MiB

export interface OpenOptions extends Pick<Context, "environment" | "signal"> {
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Opens the WebSocket of a tunnel's URL, through a proxy if the environment names one. There is no subprotocol and no extension:
 * an Instance Connect Endpoint has neither.
 *
 * @returns it paused, so a later listener loses nothing.
 * @throws Failure, which tells hosts alone; the signal's reason.
 */
export async function openTunnel(secretUrl: string, options: OpenOptions): Promise<WebSocket> {
  const url = readTunnelUrl(secretUrl);
  return withDeadline({ timeout: openTimeout, ...options }, async (giveUp) => {
    const route = await proxyRoute(url, options.environment, giveUp);
    return await handshake(url, route, giveUp);
  });
}

function handshake(url: URL, route: ProxyRoute | undefined, giveUp: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const options: ClientOptions & { readonly closeTimeout: number } = {
      perMessageDeflate: false,
      maxPayload: longestMessage,
      closeTimeout,
      ...(route && { agent: route.agent }),
    };
    const webSocket = new WebSocket(url, options);
    const whom = () => route?.missing() ?? url.hostname;
    const fail = (failure: unknown) => {
      giveUp.removeEventListener("abort", onGiveUp);
      reject(failure);
      webSocket.terminate();
    };
    const onGiveUp = () => fail(unreachable(whom(), "TIMEOUT"));
    giveUp.addEventListener("abort", onGiveUp);
    route?.onRefused(fail);
    const onResponse = (_: unknown, response: IncomingMessage) => {
      refusedUpgrade(response, url).then(fail, fail);
    };
    webSocket.once("unexpected-response", onResponse);
    // Stays: the connection may have more to say after it is given up.
    webSocket.on("error", (error: NodeJS.ErrnoException) => {
      fail(unreachable(whom(), error.code ?? "WS_NO_HANDSHAKE", error));
    });
    webSocket.once("open", () => {
      giveUp.removeEventListener("abort", onGiveUp);
      webSocket.off("unexpected-response", onResponse);
      webSocket.pause();
      resolve(webSocket);
    });
    if (giveUp.aborted) onGiveUp();
  });
}
