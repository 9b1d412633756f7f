import { connect } from "node:net";
import { canonicalQuery, canonicalRequest, signatureOf, splitTarget } from "../../local/aws/sigv4-canonical.ts";
import { timestampOf } from "../../local/aws/sigv4-claim.ts";

/** A request as it goes over the wire: nothing is normalised, and every text is sent as Latin-1, byte by byte. */
export interface RawRequest {
  /** GET, where it is left out. */
  readonly method?: string;
  readonly target?: string;
  /** Whole lines, behind those that every request has. */
  readonly headers?: readonly string[];
  /** Text is sent as UTF-8. */
  readonly body?: string | Buffer;
  /** `application/json`, where it is left out and there is a body; null for none. */
  readonly contentType?: string | null;
  /** In place of the one Host line. */
  readonly hosts?: readonly string[];
  /** How the body goes over the wire instead of behind its Content-Length: header lines, and the bytes. */
  readonly framing?: { readonly lines: readonly string[]; readonly bytes: string | Buffer };
  /** What is signed otherwise than it should be; null for a request that is not signed. */
  readonly signing?: Partial<Signing> | null;
  /** In place of everything above. */
  readonly wire?: string;
  /** Says that nothing more comes, and still waits for an answer. */
  readonly halfClosed?: boolean;
}

interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly service: string;
  readonly region: string;
  readonly now: Date;
  /** The Authorization header, of the one that is right. */
  readonly authorization: (right: string) => string;
}

export interface RawResponse {
  readonly status: number;
  /** By lower-case name, each value that there is. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Bytes behind the one answer. */
  readonly rest: string;
}

/** The bytes of a request, signed by alice for the host that it goes to, unless it says otherwise. */
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
  const timestamp = timestampOf(signing.now ?? new Date());
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

/** Sends bytes over a connection of their own, and reads what is answered. */
export async function sendRaw(port: number, bytes: Buffer, halfClosed = false): Promise<RawResponse> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let received = "";
  let answer: RawResponse | undefined;
  try {
    if (halfClosed) socket.end(bytes);
    else socket.write(bytes);
    for await (const chunk of socket.setEncoding("latin1")) {
      received += chunk;
      answer = readResponse(received, bytes.subarray(0, 5).equals(Buffer.from("HEAD ")));
      // On a connection that is to be closed, nothing may follow the answer.
      if (answer && answer.headers.get("connection")?.[0] !== "close") break;
    }
  } finally {
    socket.destroy();
  }
  if (answer) return answer;
  throw new Error(`The connection ended without a whole answer: ${JSON.stringify(received)}`);
}

/** The answer, once all of it is there; those that only ask to go on are skipped. */
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
