import { createHash, createHmac } from "node:crypto";

/** What signs: the three values that AWS knows. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface RequestToSign {
  readonly method: string;
  /** Path and query are signed as they stand here, so they have to go over the wire so. */
  readonly url: URL;
  readonly body: string;
}

interface Scope {
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * The headers that sign a request, by AWS Signature Version 4 for every service but S3.
 *
 * Forty lines of our own, since to load the SDK's signer costs more time than the whole start of the client may take. The tests
 * hold it against AWS's golden signatures, and against the local stack's judge of signatures, which takes the SDK's.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  { method, url, body }: RequestToSign,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { region, service, now }: Scope,
): Record<string, string> {
  const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = timestamp.slice(0, 8);
  const signed: Readonly<Record<string, string>> = {
    host: url.host,
    "x-amz-date": timestamp,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).join(";");
  const canonical = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...Object.entries(signed).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(body),
  ].join("\n");
  const scope = [date, region, service, "aws4_request"];
  const toSign = [algorithm, timestamp, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const { host: _, ...headers } = signed;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString("hex")}`,
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Escaped once more than it is sent, by every service but S3. */
const canonicalPath = (path: string) => path.split("/").map(percentEncode).join("/");

/** Sorted by name and then by value, as they are escaped. */
function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join("="))
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Everything but RFC 3986's unreserved characters, which encodeURIComponent exceeds by five. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
