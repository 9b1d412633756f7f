import type { Socket } from "node:net";
import { createWebSocketStream, type WebSocket } from "ws";

/**
 * Joins a tunnel's WebSocket to a TCP socket until either ends, or the tunnel's time is up.
 *
 * @param maxDuration seconds.
 */
export function bridge(webSocket: WebSocket, socket: Socket, maxDuration: number): void {
  const timer = setTimeout(() => webSocket.close(1000, "The tunnel's longest duration is over"), maxDuration * 1000);
  webSocket.on("message", (_, isBinary) => {
    if (isBinary) return;
    webSocket.close(1003, "Only binary frames are taken");
    socket.destroy();
  });
  const stream = createWebSocketStream(webSocket, { allowHalfOpen: false });
  const end = () => {
    clearTimeout(timer);
    stream.destroy();
    socket.destroy();
  };
  socket
    .on("error", () => webSocket.close(1011, "The instance does not answer"))
    .on("close", () => webSocket.close(1000));
  stream.on("error", end).on("close", end);
  // With the socket gone the stream stays paused, and would tell nothing of its own end.
  webSocket.on("close", () => {
    clearTimeout(timer);
    if (socket.destroyed) stream.destroy();
  });
  stream.pipe(socket).pipe(stream);
}
