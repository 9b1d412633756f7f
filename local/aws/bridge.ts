import type { Socket } from "node:net";
import { createWebSocketStream, type WebSocket } from "ws";

/**
 * Connects a tunnel's WebSocket to a TCP socket until either ends, or the tunnel's duration has passed.
 *
 * @param maxDuration seconds.
 */
export function bridge(webSocket: WebSocket, socket: Socket, maxDuration: number): void {
  const timer = setTimeout(() => webSocket.close(1000, "The tunnel's duration has ended"), maxDuration * 1000);
  webSocket.on("message", (_, isBinary) => {
    if (isBinary) return;
    webSocket.close(1003, "Only binary frames are accepted");
    socket.destroy();
  });
  const stream = createWebSocketStream(webSocket, { allowHalfOpen: false });
  const end = () => {
    clearTimeout(timer);
    stream.destroy();
    socket.destroy();
  };
  socket
    .on("error", () => webSocket.close(1011, "The instance cannot be reached"))
    .on("close", () => webSocket.close(1000));
  stream.on("error", end).on("close", end);
  // Once the socket is gone the stream stays paused and would not report its own end.
  webSocket.on("close", () => {
    clearTimeout(timer);
    if (socket.destroyed) stream.destroy();
  });
  stream.pipe(socket).pipe(stream);
}
