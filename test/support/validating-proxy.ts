import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, request as send } from "node:http";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { listen } from "../../local/shared/loopback-server.ts";
import { startPrism } from "./prism.ts";

export const openApiFile = path.resolve(import.meta.dirname, "../../docs/openapi.json");

export interface ValidatingProxy {
  /** What clients call instead of the API. */
  readonly url: string;
  /** The differences between API and document, a line each. */
  readonly differences: readonly string[];
  /** What has gone through. */
  readonly exchanges: readonly Exchange[];
  stop(): Promise<void>;
}

/** A request as the client sent it, and its outcome. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Whether it reached the API. */
  forwarded: boolean;
  /** Whether it matches the document. */
  described: boolean;
  status?: number;
}

/**
 * Starts Prism between clients and the API: client → front → Prism → back → API.
 *
 * Prism serializes every request again, which changes the Host, the spelling of the query and white space in the body. That
 * would break the client's signature. So front and back, on both sides of Prism, give the API the original request, and Prism
 * validates it and the response. A client signs for the front, as for any API.
 *
 * Each request goes to a Prism with `--errors` first. A request that Prism rejects does not match the document, and the API
 * must reject it too: to validate that response as well, the request then goes through a Prism without `--errors`. It has no
 * body there, because the body may not be JSON.
 */
export async function startValidatingProxy(api: string, document = openApiFile): Promise<ValidatingProxy> {
  const exchanges = new Map<string, Exchange>();
  const differences: string[] = [];

  const back = await listen(
    createServer((request, response) => {
      const exchange = exchanges.get(String(request.headers[exchangeHeader]));
      if (!exchange) throw new Error("Prism sent an unknown request");
      exchange.forwarded = true;
      forward(api, exchange, exchange.rawHeaders, exchange.body).then((upstreamResponse) => {
        response.sendDate = false;
        upstreamResponse.pipe(response.writeHead(upstreamResponse.statusCode ?? 0, upstreamResponse.rawHeaders));
      }, response.destroy.bind(response));
    }),
    0,
  );
  const upstream = `http://127.0.0.1:${back.port}`;
  const [strict, lenient] = await Promise.all([
    startPrism(document, upstream, { errors: true }),
    startPrism(document, upstream, { errors: false }),
  ]);

  const validate = async (exchange: Exchange): Promise<IncomingMessage> => {
    const id = randomUUID();
    exchanges.set(id, exchange);
    const headers = [...exchange.rawHeaders, exchangeHeader, id];
    if (isReadable(exchange.body)) {
      const response = await forward(strict.url, exchange, headers, exchange.body);
      if (exchange.forwarded) return response;
      response.resume();
    }
    exchange.described = false;
    return forward(lenient.url, exchange, withoutBody(headers), Buffer.alloc(0));
  };
  const front = await listen(
    createServer((request, response) => {
      const { method = "", url: target = "", rawHeaders } = request;
      buffer(request)
        .then(async (body) => {
          const exchange: Exchange = { method, target, rawHeaders, body, forwarded: false, described: true };
          const validated = await validate(exchange);
          exchange.status = validated.statusCode ?? 0;
          differences.push(...differencesIn(exchange, String(validated.headers[violationsHeader] ?? "[]")));
          response.sendDate = false;
          validated.pipe(response.writeHead(exchange.status, without(validated.rawHeaders, [violationsHeader])));
        })
        .catch((error: unknown) => {
          differences.push(`${method} ${target}: ${error}`);
          response.destroy();
        });
    }),
    0,
  );
  return {
    url: `http://127.0.0.1:${front.port}`,
    differences,
    get exchanges() {
      return [...exchanges.values()];
    },
    async stop() {
      await Promise.all([front, strict, lenient, back].map((part) => part.stop()));
    },
  };
}

/** Identifies the client's request at the back. */
const exchangeHeader = "x-exchange";
/** Prism's header: a JSON list of all violations. */
const violationsHeader = "sl-violations";

function differencesIn({ method, target, described, forwarded, status = 0 }: Exchange, violations: string): string[] {
  const line = (words: string) => `${method} ${target} → ${status}: ${words}`;
  if (!forwarded) return [line("Prism never forwards this request")];
  const found: { location: string[]; message: string }[] = JSON.parse(violations);
  // The API itself reports what is wrong with a request that does not match.
  const counted = described ? found : found.filter(({ location }) => location[0] === "response");
  const taken = !described && status < 400 ? [line("the document rejects what the API accepts")] : [];
  return [...taken, ...counted.map(({ location, message }) => line(`${location.join(".")} ${message}`))];
}

function forward(
  to: string,
  { method, target }: Exchange,
  headers: readonly string[],
  body: Buffer,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(to);
  return new Promise((resolve, reject) => {
    send({ hostname, port, method, path: target, headers: [...headers], agent: false })
      .once("error", reject)
      .once("response", resolve)
      .end(body);
  });
}

/** Prism never responds to a request whose body is not JSON. */
function isReadable(body: Buffer): boolean {
  try {
    if (body.length > 0) JSON.parse(body.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

const withoutBody = (rawHeaders: readonly string[]) => [
  ...without(rawHeaders, ["content-type", "content-length", "transfer-encoding"]),
  "content-length",
  "0",
];

function without(rawHeaders: readonly string[], names: readonly string[]): string[] {
  const dropped = (index: number) => names.includes((rawHeaders[index - (index % 2)] ?? "").toLowerCase());
  return rawHeaders.filter((_, index) => !dropped(index));
}
