import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import WebSocket, { type CloseEvent } from "faye-websocket";
import { listen } from "../../../local/shared/loopback-server.ts";

/** A tunnel, seen from its endpoint. */
export interface Tunnel {
  readonly webSocket: WebSocket;
  /** Below the WebSocket: for frames that no library would send, and for ends without a word. */
  readonly socket: Duplex;
  readonly request: IncomingMessage;
  /** Resolves with the code and reason that the client closed with; 1006 where it said nothing. */
  readonly closed: Promise<CloseEvent>;
}

export interface Endpoint {
  readonly port: number;
  /** What a client is given. */
  readonly url: string;
  /** How many tunnels have been asked for. */
  readonly asked: number;
  stop(): Promise<void>;
}

interface EndpointOptions {
  /** Answers a request for a tunnel otherwise than by a WebSocket, where it writes to the socket. */
  readonly refuse?: (socket: Duplex, request: IncomingMessage) => void;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The query of a tunnel's URL, with everything that has to stay secret. */
export const secrets = {
  signature: "5ec4e7".repeat(10),
  token: "IQoJb3JpZ2luX2VjE/secret+token==",
  credential: "ASIASECRET",
};
const query = new URLSearchParams({
  instanceConnectEndpointId: "eice-0123456789abcdef0",
  "X-Amz-Credential": secrets.credential,
  "X-Amz-Security-Token": secrets.token,
  "X-Amz-Signature": secrets.signature,
});
export const pathOfUrl = `/openTunnel?${query}`;

/** A tunnel endpoint built with a WebSocket library that the client does not use. */
export async function startEndpoint(
  serve: (tunnel: Tunnel) => void,
  { refuse, tls }: EndpointOptions = {},
): Promise<Endpoint> {
  const requireUpgrade: RequestListener = (_, response) => response.writeHead(426).end();
  const server = tls ? createTlsServer(tls, requireUpgrade) : createServer(requireUpgrade);
  const sockets = new Set<Duplex>();
  let asked = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    asked += 1;
    socket.on("error", () => {});
    if (refuse) return refuse(socket, request);
    const webSocket = new WebSocket(request, socket, head);
    const closed = new Promise<CloseEvent>((resolve) => {
      webSocket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
    webSocket.onopen = () => serve({ webSocket, socket, request, closed });
  });
  const running = await listen(server, 0);
  return {
    port: running.port,
    url: `${tls ? "wss" : "ws"}://127.0.0.1:${running.port}${pathOfUrl}`,
    get asked() {
      return asked;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return running.stop();
    },
  };
}

/** A frame as a server sends it (RFC 6455, 5.2), for those that no library sends. */
export function serverFrame(opcode: number, payload: Buffer | string, { isLast = true } = {}): Buffer {
  const bytes = Buffer.from(payload);
  const first = (isLast ? 0x80 : 0) | opcode;
  if (bytes.length < 126) return Buffer.concat([Buffer.from([first, bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([first, 126, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A close frame, with any code: libraries send some alone. */
export function closeFrame(code?: number, reason = ""): Buffer {
  if (code === undefined) return serverFrame(opcodes.close, "");
  return serverFrame(opcodes.close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8 };
