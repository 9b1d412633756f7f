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
  /** Where API and document are not the same, a line each. */
  readonly differences: readonly string[];
  /** What has gone through. */
  readonly exchanges: readonly Exchange[];
  stop(): Promise<void>;
}

/** A request as the client sent it, and what became of it. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Has it reached the API? */
  forwarded: boolean;
  /** Is it as the document says? */
  described: boolean;
  status?: number;
}

/**
 * Starts Prism between clients and the API: client → front → Prism → back → API.
 *
 * Prism reads and writes every request anew: another Host, another spelling of the query, other white space in the body.
 * The client has signed its own. So front and back, around Prism, hand the API the request as it came; Prism judges it and
 * the answer. A client signs for the front, as for any API.
 *
 * Each request goes to a Prism with `--errors` first. One that it refuses by itself is not as the document says, and the API
 * must refuse it too: it then goes through a Prism without `--errors`, without its body, which may be no JSON at all, so that
 * its answer is judged as well.
 */
export async function startValidatingProxy(api: string, document = openApiFile): Promise<ValidatingProxy> {
  const exchanges = new Map<string, Exchange>();
  const differences: string[] = [];

  const back = await listen(
    createServer((request, response) => {
      const exchange = exchanges.get(String(request.headers[exchangeHeader]));
      if (!exchange) throw new Error("Prism has sent what it was not asked to");
      exchange.forwarded = true;
      forward(api, exchange, exchange.rawHeaders, exchange.body).then((answer) => {
        response.sendDate = false;
        answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.rawHeaders));
      }, response.destroy.bind(response));
    }),
    0,
  );
  const upstream = `http://127.0.0.1:${back.port}`;
  const [strict, lenient] = await Promise.all([
    startPrism(document, upstream, { errors: true }),
    startPrism(document, upstream, { errors: false }),
  ]);

  const judge = async (exchange: Exchange): Promise<IncomingMessage> => {
    const id = randomUUID();
    exchanges.set(id, exchange);
    const headers = [...exchange.rawHeaders, exchangeHeader, id];
    if (isReadable(exchange.body)) {
      const answer = await forward(strict.url, exchange, headers, exchange.body);
      if (exchange.forwarded) return answer;
      answer.resume();
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
          const answer = await judge(exchange);
          exchange.status = answer.statusCode ?? 0;
          differences.push(...differencesIn(exchange, String(answer.headers[violationsHeader] ?? "[]")));
          response.sendDate = false;
          answer.pipe(response.writeHead(exchange.status, without(answer.rawHeaders, [violationsHeader])));
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

/** Tells the back which of the client's requests Prism has passed on. */
const exchangeHeader = "x-exchange";
/** Prism's header: a JSON list of all that it found. */
const violationsHeader = "sl-violations";

function differencesIn({ method, target, described, forwarded, status = 0 }: Exchange, violations: string): string[] {
  const line = (words: string) => `${method} ${target} → ${status}: ${words}`;
  if (!forwarded) return [line("Prism passes this request on in no way")];
  const found: { location: string[]; message: string }[] = JSON.parse(violations);
  // What is wrong with a request that is not described is the API's to tell.
  const counted = described ? found : found.filter(({ location }) => location[0] === "response");
  const taken = !described && status < 400 ? [line("the document refuses what the API takes")] : [];
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

/** Prism never answers a request whose body is no JSON. */
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
