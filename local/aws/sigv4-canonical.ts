import { createHash, createHmac } from "node:crypto";

/** An unverified HTTP request. */
export interface SignedRequest {
  readonly method: string;
  /** Request target exactly as on the wire: path and query. */
  readonly target: string;
  /** Lower-case names; repeated headers joined by ",". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One header by its lower-case name. Safe for names such as `constructor`, which every object inherits. */
export const headerOf = (request: SignedRequest, name: string): string | undefined =>
  Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;

export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/**
 * "Calculate the signature" of the same page as {@link canonicalRequest}, in lower-case hex.
 * @param timestamp `YYYYMMDDTHHMMSSZ`
 * @param scope date, region, service and terminator, from which the signing key is derived
 */
export function signatureOf(
  canonical: string,
  timestamp: string,
  scope: readonly string[],
  secretAccessKey: string,
): string {
  const stringToSign = ["AWS4-HMAC-SHA256", timestamp, scope.join("/"), sha256Hex(canonical)].join("\n");
  const signingKey = scope.reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(signingKey, stringToSign).toString("hex");
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * The text whose hash is signed: "Create a canonical request" of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 * @param canonicalQuery the result of {@link canonicalQuery}; a parameter, so that a client's mistake can be tried
 * @param signedHeaders lower-case, sorted names, each of which the request has
 */
export function canonicalRequest(
  request: SignedRequest,
  canonicalQuery: string,
  signedHeaders: readonly string[],
): string {
  return [
    request.method,
    canonicalPath(splitTarget(request.target).path),
    canonicalQuery,
    ...signedHeaders.map((name) => `${name}:${(headerOf(request, name) ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders.join(";"),
    sha256Hex(request.body),
  ].join("\n");
}

/**
 * Dot segments and empty segments fall away, then each segment, already encoded on the wire, is encoded once more: every
 * service but Amazon S3 does both.
 */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment.replace(/./g, percentEncode));
  }
  const trailingSlash = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${trailingSlash}`;
}

/**
 * The parameters, strictly encoded, in order of encoded name, then value; a presigned URL's own signature left out.
 * Name and value are compared separately: as one string, `a-b=` would come before `a=`.
 */
export function canonicalQuery(query: string): string {
  return parametersOf(query)
    .map((parameter) => {
      const { name, value } = splitParameter(parameter);
      return { name: encodeAfresh(name), value: encodeAfresh(value) };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&");
}

/** The query as signed by a client that neither sorts nor encodes, such as curl 7. */
export const queryAsItStands = (query: string): string => parametersOf(query).join("&");

const parametersOf = (query: string): string[] =>
  query
    .split("&")
    .filter((parameter) => parameter !== "" && encodeAfresh(splitParameter(parameter).name) !== "X-Amz-Signature");

function splitParameter(parameter: string): { readonly name: string; readonly value: string } {
  const mark = parameter.indexOf("=");
  return mark < 0
    ? { name: parameter, value: "" }
    : { name: parameter.slice(0, mark), value: parameter.slice(mark + 1) };
}

/** Decodes and encodes again, so that `%7e`, `%7E` and `~` become one; `+` in a query is a space. */
const encodeAfresh = (text: string): string =>
  text
    .replaceAll("+", "%20")
    .replace(/%([0-9A-Fa-f]{2})|./g, (character: string, hex?: string) =>
      percentEncode(hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16))),
    );

/** One ASCII character by RFC 3986: unreserved ones stay, others become `%XX` in upper-case hex. */
const percentEncode = (character: string): string =>
  /[A-Za-z0-9\-._~]/.test(character)
    ? character
    : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
