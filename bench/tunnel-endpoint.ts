import { createHash } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { EndpointPorts } from "./tunnel-processes.ts";

/**
 * The far side of the bench's tunnels, in its own process: over WebSocket, and for comparison over bare TCP. `echo` sends back
 * what it receives, `sink` sends one byte when it has everything, `source` sends everything. Masked bytes are counted and not
 * unmasked, because that is an endpoint's work and not the client's.
 */

const total = Number(process.argv[2]);
const longestFrame = 65_000; // bytes, as with AWS's endpoints
const payload = Buffer.alloc(longestFrame, "x");

function echo(socket: Socket): void {
  socket.pipe(socket);
}

function sink(socket: Duplex, countOf: (bytes: Buffer) => number, reply: Buffer): void {
  let left = total;
  socket.on("data", (bytes: Buffer) => {
    left -= countOf(bytes);
    if (left > 0) return;
    left = Number.POSITIVE_INFINITY;
    socket.write(reply);
  });
}

function source(socket: Duplex, wrap: (bytes: Buffer) => Buffer): void {
  const whole = wrap(payload);
  let left = total;
  const send = () => {
    while (left > 0) {
      const isMore = socket.write(left >= longestFrame ? whole : wrap(payload.subarray(0, left)));
      left -= longestFrame;
      if (!isMore) return void socket.once("drain", send);
    }
  };
  socket.resume();
  send();
}

/** A binary frame from a server (RFC 6455, 5.2). */
function frame(bytes: Buffer): Buffer {
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([0x82, ...length]), bytes]);
}

/** Counts the payload of a client's frames across chunks. */
function payloadCounter(): (bytes: Buffer) => number {
  let inPayload = 0;
  let head = Buffer.alloc(0);
  return (chunk) => {
    let counted = 0;
    let rest = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
    head = Buffer.alloc(0);
    while (rest.length > 0) {
      const taken = Math.min(inPayload, rest.length);
      counted += taken;
      inPayload -= taken;
      rest = rest.subarray(taken);
      if (rest.length === 0) break;
      const short = (rest[1] ?? 0) & 0x7f;
      const headLength = (short === 126 ? 4 : 2) + 4;
      if (rest.length < headLength) {
        head = Buffer.from(rest);
        break;
      }
      inPayload = short === 126 ? rest.readUInt16BE(2) : short;
      rest = rest.subarray(headLength);
    }
    return counted;
  };
}

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const tunnels = createHttpServer().on("upgrade", (request, socket, head) => {
  if (request.url === "/echo") {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (bytes) => webSocket.send(bytes));
    });
    return;
  }
  const accept = createHash("sha1").update(
    `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
  );
  socket.on("error", () => {});
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
  );
  if (request.url === "/sink") sink(socket, payloadCounter(), frame(Buffer.from("x")));
  else source(socket, frame);
});
const bare = (serve: (socket: Socket) => void) =>
  createServer({ noDelay: true }, (socket) => serve(socket.on("error", () => {})));
const servers: Readonly<Record<keyof EndpointPorts, Server>> = {
  tunnels,
  echo: bare(echo),
  sink: bare((socket) => sink(socket, ({ length }) => length, Buffer.from("x"))),
  source: bare((socket) => source(socket, (bytes) => bytes)),
};
const ports = await Promise.all(
  Object.entries(servers).map(async ([name, server]) => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return [name, (server.address() as AddressInfo).port];
  }),
);
console.log(JSON.stringify(Object.fromEntries(ports)));
