import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts an HTTP server on 127.0.0.1. Port 0 takes any free one. */
export async function listen(server: Server, port: number): Promise<RunningServer> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    // A listening TCP server has an address of this shape; the string form is for pipes.
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts an HTTP server as `listen` does, on the port or the next one that is free. */
export async function listenFrom(server: Server, port: number): Promise<RunningServer> {
  return listen(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || port === 65_535) throw error;
    return listenFrom(server, port + 1);
  });
}

/**
 * Whether the request is meant for this machine. A web page can make its own name resolve to 127.0.0.1 (DNS rebinding), but then
 * its requests have that name.
 */
export function hasLoopbackHost({ headers }: IncomingMessage): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?$/i.test(headers.host ?? "");
}

/** The whole body, or undefined if it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}
