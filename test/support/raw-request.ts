import { connect } from "node:net";
import { canonicalQuery, canonicalRequest, signatureOf, splitTarget } from "../../local/aws/sigv4-canonical.ts";
import { timestampOf } from "../../local/aws/sigv4-claim.ts";

/** A request as it goes over the wire: nothing is normalised, and every text is sent as Latin-1, byte by byte. */
export interface RawRequest {
  /** The default is GET. */
  readonly method?: string;
  readonly target?: string;
  /** Whole lines, after those that every request has. */
  readonly headers?: readonly string[];
  /** Text is sent as UTF-8. */
  readonly body?: string | Buffer;
  /** The default is `application/json` if there is a body; null for none. */
  readonly contentType?: string | null;
  /** Replaces the one Host line. */
  readonly hosts?: readonly string[];
  /** Replaces Content-Length and the body: header lines, and the bytes. */
  readonly framing?: { readonly lines: readonly string[]; readonly bytes: string | Buffer };
  /** Parts of the signature that differ from a correct one; null for an unsigned request. */
  readonly signing?: Partial<Signing> | null;
  /** Replaces everything above. */
  readonly wire?: string;
  /** Closes the sending side, and still waits for a response. */
  readonly halfClosed?: boolean;
}

interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly service: string;
  readonly region: string;
  /** Of the signature's time, when the request is sent. */
  readonly minutesAhead: number;
  /** Changes the correct Authorization header. */
  readonly authorization: (right: string) => string;
}

export interface RawResponse {
  readonly status: number;
  /** All values by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Bytes after the response. */
  readonly rest: string;
}

/** The bytes of a request. By default alice signs it for its host. */
export function bytesOf(request: RawRequest, host: string): Buffer {
  const { method = "GET", target = "/v1/whoami", headers = [], hosts = [host], framing, wire } = request;
  if (wire !== undefined) return Buffer.from(wire.replaceAll("{host}", host), "latin1");
  const body = Buffer.from(request.body ?? "");
  const { contentType = request.body === undefined ? null : "application/json" } = request;
  const lengthLines = request.body === undefined ? [] : [`Content-Length: ${body.length}`];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...hosts.map((each) => `Host: ${each}`),
    ...signatureLines({ method, target, body, host }, request.signing),
    ...(contentType === null ? [] : [`Content-Type: ${contentType}`]),
    ...headers,
    ...(framing?.lines ?? lengthLines),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(framing?.bytes ?? body)]);
}

function signatureLines(
  { method, target, body, host }: { method: string; target: string; body: Buffer; host: string },
  signing: RawRequest["signing"] = {},
): string[] {
  if (signing === null) return [];
  const { accessKeyId = "alice", secretAccessKey = "alice", service = "execute-api", region = "us-east-1" } = signing;
  const timestamp = timestampOf(new Date(Date.now() + (signing.minutesAhead ?? 0) * 60_000));
  const signed = { host, "x-amz-date": timestamp };
  const names = Object.keys(signed);
  const canonical = canonicalRequest(
    { method, target, headers: signed, body },
    canonicalQuery(splitTarget(target).query),
    names,
  );
  const scope = [timestamp.slice(0, 8), region, service, "aws4_request"];
  const signature = signatureOf(canonical, timestamp, scope, secretAccessKey);
  const credential = [accessKeyId, ...scope].join("/");
  const right = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return [`X-Amz-Date: ${timestamp}`, `Authorization: ${signing.authorization?.(right) ?? right}`];
}

/** Sends bytes over a new connection, and reads the response. */
export async function sendRaw(port: number, bytes: Buffer, halfClosed = false): Promise<RawResponse> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let received = "";
  let response: RawResponse | undefined;
  try {
    if (halfClosed) socket.end(bytes);
    else socket.write(bytes);
    for await (const chunk of socket.setEncoding("latin1")) {
      received += chunk;
      response = readResponse(received, bytes.subarray(0, 5).equals(Buffer.from("HEAD ")));
      // If the connection is to be closed, nothing may follow the response.
      if (response && response.headers.get("connection")?.[0] !== "close") break;
    }
  } finally {
    socket.destroy();
  }
  if (response) return response;
  throw new Error(`The connection ended without a complete response: ${JSON.stringify(received)}`);
}

/** The response once it is complete. Interim responses are skipped. */
function readResponse(received: string, isHead: boolean): RawResponse | undefined {
  const [head = "", ...others] = received.split("\r\n\r\n");
  const text = others.join("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(statusLine)?.[1]);
  if (others.length === 0) return undefined;
  if (status < 200) return readResponse(text, isHead);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [name = "", value = ""] = line.split(/: ?(.*)/);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  const length = isHead ? 0 : Number(headers.get("content-length")?.[0]);
  return text.length >= length ? { status, headers, body: text.slice(0, length), rest: text.slice(length) } : undefined;
}
