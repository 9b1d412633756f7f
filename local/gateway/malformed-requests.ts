import { randomUUID } from "node:crypto";
import { type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { GatewayResponse } from "../../contract/gateway-responses.ts";
import { gatewayAnswer } from "./gateway-answer.ts";

/** Bytes of request line and headers together: API Gateway's own quota. */
export const maxHeadSize = 10_240;

/** Milliseconds in which a client may still read the answer. */
const lingering = 1000;

/** What Node's parser calls a request that has too much of something. */
const tooLarge = ["HPE_HEADER_OVERFLOW", "HPE_CHUNK_EXTENSIONS_OVERFLOW"];

/**
 * Gives to what is no request, as far as Node's parser is concerned, one of the gateway's own answers, and closes the
 * connection. Node would answer without a body, and not at all to CONNECT.
 */
export function answerMalformed(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    endWith(socket, tooLarge.includes(error.code ?? "") ? "REQUEST_TOO_LARGE" : "DEFAULT_4XX"),
  );
  server.on("connect", (_, socket) => endWith(socket, "DEFAULT_4XX"));
}

function endWith(socket: Duplex, response: GatewayResponse): void {
  // The sender has gone, or has its answer: every further chunk is an error again.
  if (!socket.writable) return;
  const { statusCode, headers, body } = gatewayAnswer(response, randomUUID());
  const fields = { ...headers, "Content-Length": Buffer.byteLength(body), Connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, "", body].join("\r\n"));
  // Closed at once, with bytes of the request unread, the connection would be reset and the answer lost.
  socket.on("error", () => {}).resume();
  setTimeout(() => socket.destroy(), lingering).unref();
}
