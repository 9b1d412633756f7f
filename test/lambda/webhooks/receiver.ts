import type { LookupAddress } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { Network } from "../../../lambda/webhooks/guarded-post.ts";
import { listen, readBody } from "../../../local/shared/loopback-server.ts";
import { selfSigned } from "../../support/tunnel/self-signed.ts";

/** What a receiver got. */
export interface Posted {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A response; nothing if the receiver is to hang. */
export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real HTTPS server on this machine, with a certificate for localhost that nobody else vouches for. */
export async function startReceiver() {
  const { key, cert } = selfSigned();
  const posted: Posted[] = [];
  const receiver = {
    posted,
    connections: 0,
    /** For each request. Undefined: never. */
    respond: (_: Posted): Response | undefined => ({ status: 204 }),
    authority: cert,
  };
  const server = createServer({ key, cert }, async (request, response) => {
    const body = String(await readBody(request, 1_000_000));
    const { method, url: path, headers } = request;
    posted.push({ method, path, headers, body });
    const { status, headers: own } = receiver.respond({ method, path, headers, body }) ?? {};
    if (status !== undefined) response.writeHead(status, own).end("a body that nobody reads");
  });
  server.on("connection", () => {
    receiver.connections += 1;
  });
  const { port, stop } = await listen(server, 0);
  return Object.assign(receiver, { url: `https://localhost:${port}/hook`, port, stop });
}

export const at = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 });

/** A network in which localhost is where a receiver is, and may be called. */
export const reaching = ({ authority }: { readonly authority: string }): Network => ({
  lookup: (_, __, callback) => callback(null, [at("127.0.0.1")]),
  permits: (address) => address === "127.0.0.1",
  authority,
});
