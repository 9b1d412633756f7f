import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

const socketsOf = new WeakMap<Server, Set<Socket>>();

/** A TCP server on 127.0.0.1, at any free port. A connection that is to be seen to close has to be read. */
export async function listenRaw(serve: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    serve(socket);
  });
  socketsOf.set(server, sockets);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Ends a server with all its connections. */
export async function closePort(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const socket of socketsOf.get(server) ?? []) socket.destroy();
  await closed;
}
