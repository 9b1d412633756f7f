/** AWS credentials. */
export interface AwsCredentials {
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
  readonly crypto: SigningCrypto;
}

/** The cryptography that calls need. */
export interface SigningCrypto {
  sha256(text: string): Uint8Array | Promise<Uint8Array>;
  hmac(key: Uint8Array, text: string): Uint8Array | Promise<Uint8Array>;
  randomUUID(): string;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * The headers that sign a request, by AWS Signature Version 4 for every service but S3.
 *
 * Our own forty lines, since loading the AWS SDK's signer takes longer than the command may take to start. Tests compare it with
 * AWS's golden signatures and with the AWS SDK's signer.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signedHeaders(
  { method, url, body }: RequestToSign,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service, now, crypto }: Scope,
): Promise<Record<string, string>> {
  const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = timestamp.slice(0, 8);
  const signed: Readonly<Record<string, string>> = {
    host: url.host,
    "x-amz-date": timestamp,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).join(";");
  const sha256 = async (text: string) => hex(await crypto.sha256(text));
  const canonical = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...Object.entries(signed).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    await sha256(body),
  ].join("\n");
  const scope = [date, region, service, "aws4_request"];
  const toSign = [algorithm, timestamp, scope.join("/"), await sha256(canonical)].join("\n");
  let key: Uint8Array = new TextEncoder().encode(`AWS4${secretAccessKey}`);
  for (const part of scope) key = await crypto.hmac(key, part);
  const signature = hex(await crypto.hmac(key, toSign));
  const { host: _, ...headers } = signed;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

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
