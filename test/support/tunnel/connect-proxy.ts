import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { listen } from "../../../local/shared/loopback-server.ts";

export interface ConnectProxy {
  readonly port: number;
  /** The requested targets, and the credentials sent with them. */
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

interface ProxyOptions {
  /** Writes another response to each request. */
  readonly answer?: (socket: Duplex) => void;
  /** Connects every request to this local port instead of its target. */
  readonly misleadTo?: number;
}

/** A proxy that accepts only CONNECT, and connects each request to its target. */
export async function startProxy({ answer, misleadTo }: ProxyOptions = {}): Promise<ConnectProxy> {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  server.on("connect", ({ url: target = "", headers }, socket, head) => {
    asked.push({ target, authorization: headers["proxy-authorization"] });
    if (answer) return answer(socket);
    const [host, port] = target.split(":");
    const to = misleadTo === undefined ? { host: host ?? "", port: Number(port) } : { port: misleadTo };
    const far = connect(to, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    sockets.add(far);
    far.on("error", () => socket.destroy()).once("close", () => sockets.delete(far));
  });
  const running = await listen(server, 0);
  return {
    port: running.port,
    asked,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return running.stop();
    },
  };
}
