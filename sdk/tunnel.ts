import { withDeadline } from "./deadline.ts";
import { LatchkeyError, NetworkError } from "./errors.ts";
import { isLoopback } from "./loopback.ts";

/** Milliseconds until a tunnel is open (DNS, proxy, TCP, TLS, upgrade): it fails within five seconds. */
export const openTimeout = 4000;

/** A WebSocket of binary messages, as browsers, Node.js 22 and `ws` have it. An endpoint takes frames up to 65,000 bytes. */
export interface TunnelSocket {
  binaryType: string;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "error" | "close",
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
}

export interface OpenTunnelOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  /** Gets every message. A listener that you add to the open socket may miss the first, which can come with the handshake. */
  readonly onMessage?: ((data: Uint8Array) => void) | undefined;
  /** The global one by default. Node.js 20 has none: pass that of `ws`. */
  readonly WebSocket?: (new (url: string) => TunnelSocket) | undefined;
}

/**
 * Opens the WebSocket of a tunnel's URL.
 *
 * @param secretUrl presigned: no error repeats any of it but the host.
 * @throws NetworkError; LatchkeyError; the signal's reason.
 */
export async function openTunnel(
  secretUrl: string,
  {
    signal,
    timeout = openTimeout,
    onMessage,
    WebSocket = (globalThis as Partial<Record<"WebSocket", new (url: string) => TunnelSocket>>).WebSocket,
  }: OpenTunnelOptions = {},
): Promise<TunnelSocket> {
  const url = readTunnelUrl(secretUrl);
  if (WebSocket === undefined) throw new LatchkeyError("there is no global WebSocket: pass one, such as that of ws");
  return withDeadline({ signal, timeout }, (giveUp) => {
    const socket = new WebSocket(url.href);
    socket.binaryType = "arraybuffer";
    return new Promise((resolve, reject) => {
      const fail = (code: string) => {
        reject(new NetworkError(code, url.host));
        socket.close();
      };
      giveUp.addEventListener("abort", () => fail("TIMEOUT"), { once: true });
      socket.addEventListener("error", () => fail("WS_NO_HANDSHAKE"));
      socket.addEventListener("open", () => resolve(socket));
      if (onMessage !== undefined) {
        socket.addEventListener("message", ({ data }) => onMessage(new Uint8Array(data as ArrayBuffer)));
      }
    });
  });
}

/**
 * Reads a tunnel's URL, which is a secret: no error repeats any of it.
 *
 * @throws LatchkeyError if it is not a URL, or is not encrypted on the way to another machine.
 */
export function readTunnelUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "wss:" || (url?.protocol === "ws:" && isLoopback(url.hostname))) return url;
  throw new LatchkeyError("the tunnel's URL does not begin with wss://");
}
