import { randomUUID } from "node:crypto";
import { type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { GatewayResponse } from "../../contract/gateway-responses.ts";
import { gatewayResponse } from "./gateway-response.ts";

/** Bytes of request line and headers together: API Gateway's quota. */
export const maxHeadSize = 10_240;

/** Milliseconds in which a client may still read the response. */
const lingering = 1000;

/** The errors of Node's parser for a request that is too large. */
const tooLarge = ["HPE_HEADER_OVERFLOW", "HPE_CHUNK_EXTENSIONS_OVERFLOW"];

/**
 * Sends a gateway response to input that Node's parser rejects, and closes the connection. Node would respond without a body, and
 * not at all to CONNECT.
 */
export function respondToMalformed(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    endWith(socket, tooLarge.includes(error.code ?? "") ? "REQUEST_TOO_LARGE" : "DEFAULT_4XX"),
  );
  server.on("connect", (_, socket) => endWith(socket, "DEFAULT_4XX"));
}

function endWith(socket: Duplex, response: GatewayResponse): void {
  // The sender has gone or has its response; every further chunk is an error again.
  if (!socket.writable) return;
  const { statusCode, headers, body } = gatewayResponse(response, randomUUID());
  const fields = { ...headers, "Content-Length": Buffer.byteLength(body), Connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, "", body].join("\r\n"));
  // Closing at once with unread bytes would reset the connection and lose the response.
  socket.on("error", () => {}).resume();
  setTimeout(() => socket.destroy(), lingering).unref();
}
