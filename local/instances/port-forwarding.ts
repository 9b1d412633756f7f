import { connect, type Socket } from "node:net";
import type { Connection, ServerChannel } from "ssh2";
import { sendOutput } from "./channel-output.ts";

/** The addresses of each name that may be forwarded to: this machine's. Anything else would make the instance an open relay. */
const destinations = new Map([
  ["127.0.0.1", [{ address: "127.0.0.1", family: 4 }]],
  ["::1", [{ address: "::1", family: 6 }]],
  [
    "localhost", // not resolved: a resolver may return anything
    [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ],
  ],
]);

/**
 * Connects a client that has logged in to ports of the instance's own loopback (`-L`, `-D`, `-W`). Any other destination is
 * refused. (Listening on a port for the client, `-R`, has no listener anywhere, and so is refused too.)
 *
 * @returns a function that closes every such connection
 */
export function servePortForwarding(connection: Connection): () => void {
  const sockets = new Set<Socket>();
  connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
    const addresses = destinations.get(destIP);
    if (addresses === undefined || destPort < 1 || destPort > 65_535) return reject();
    const socket = connect({
      host: "localhost",
      port: destPort,
      lookup: (_host, _options, found) => found(null, addresses),
      allowHalfOpen: true,
      noDelay: true,
    });
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => reject()); // has no effect once accepted
    socket.once("connect", () => join(accept(), socket));
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** Relays bytes in both directions, and the end of each direction separately. */
function join(channel: ServerChannel | undefined, socket: Socket): void {
  if (channel === undefined) return void socket.destroy();
  channel.on("error", () => {});
  channel.on("close", () => socket.destroy());
  socket.on("close", () => channel.close());
  channel.pipe(socket);
  // Not `end()`, because ssh2 then closes the other direction too.
  void sendOutput(channel, [[socket, channel]]).then(() => channel.eof());
}
