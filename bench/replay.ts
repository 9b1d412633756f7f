import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import { listen, type RunningServer, readBody } from "../local/shared/loopback-server.ts";
import type { Certificate } from "./certificate.ts";

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Bytes: more than any call of a connection needs. */
const longestBody = 1024 * 1024;

/**
 * Starts a server in front of a stand-in. It passes on the first call of each operation, and responds to every other one as to
 * that: checking a call takes the stand-in as much CPU as making it takes the function.
 *
 * @param endpoint the stand-in's URL.
 * @param respond is called with each call's operation before its response, which it may delay.
 */
export async function startReplay(
  endpoint: string,
  certificate: Certificate,
  respond: (operation: string) => Promise<void>,
): Promise<RunningServer> {
  const replies = new Map<string, Promise<Reply>>();
  const server = createServer(certificate, async (message, response) => {
    const body = (await readBody(message, longestBody)) ?? Buffer.of();
    const operation = operationOf(message, body);
    const reply = replies.get(operation) ?? forward(endpoint, certificate.cert, message, body);
    replies.set(operation, reply);
    const { status, contentType, body: replied } = await reply;
    await respond(operation);
    response.writeHead(status, { "Content-Type": contentType, "Content-Length": replied.length }).end(replied);
  });
  return listen(server, 0);
}

/** As AWS's protocols name it: in a header, or first in a form. */
function operationOf({ headers }: IncomingMessage, body: Buffer): string {
  return String(headers["x-amz-target"] ?? /^Action=([^&]*)/.exec(body.toString("latin1", 0, 80))?.[1]);
}

function forward(
  endpoint: string,
  ca: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Reply> {
  // Its own certificate is trusted as such.
  const options = { method, headers, ca, agent: false, allowPartialTrustChain: true };
  return new Promise((resolve, reject) => {
    const made = request(new URL(url ?? "/", endpoint), options, async (response) => {
      const replied = (await readBody(response, longestBody)) ?? Buffer.of();
      const { statusCode: status = 0, headers } = response;
      resolve({ status, contentType: String(headers["content-type"]), body: replied });
    });
    made.once("error", reject).end(body);
  });
}
