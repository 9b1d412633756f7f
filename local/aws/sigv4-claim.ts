import { headerOf, type SignedRequest, splitTarget } from "./sigv4-canonical.ts";

/** What a request claims about its signature: well formed, but not verified. */
export interface Claim {
  readonly accessKeyId: string;
  readonly credentialScope: CredentialScope;
  /** Lower-case, sorted, no name twice. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  readonly sessionToken: string | undefined;
  /** Lifetime of a presigned URL in seconds; undefined for a request signed in its Authorization header. */
  readonly expiresIn: number | undefined;
}

export interface CredentialScope {
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** Why a request is refused: one sentence for the client, without parts of the request or secrets. */
export class SignatureError extends Error {}

const algorithm = "AWS4-HMAC-SHA256";
/** Seven days in seconds: the longest life of a presigned URL (query parameters of Signature Version 4). */
const maxExpiresIn = 604_800;

/**
 * @returns undefined if the request has no signature
 * @throws SignatureError if it has one in a form that AWS does not read
 */
export function readClaim(request: SignedRequest): Claim | undefined {
  const authorization = headerOf(request, "authorization");
  const query = new URLSearchParams(splitTarget(request.target).query);
  const presigned = query.has("X-Amz-Signature") || query.has("X-Amz-Algorithm");
  if (authorization !== undefined && presigned) {
    throw new SignatureError("Sign either in the Authorization header or in the query, not in both.");
  }
  if (authorization !== undefined) return readHeader(request, authorization);
  return presigned ? readQuery(query) : undefined;
}

function readHeader(request: SignedRequest, authorization: string): Claim {
  if (!authorization.startsWith(`${algorithm} `))
    throw new SignatureError(`The Authorization header must use ${algorithm}.`);
  const fields = new Map<string, string>();
  for (const field of authorization.slice(algorithm.length).split(",")) {
    const [, name, value] = /^\s*(Credential|SignedHeaders|Signature)=(\S+)\s*$/.exec(field) ?? [];
    if (name === undefined || value === undefined || fields.has(name)) throw malformedHeader();
    fields.set(name, value);
  }
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((n) => fields.get(n));
  if (credential === undefined || signedHeaders === undefined || signature === undefined) throw malformedHeader();
  return {
    ...readCredential(credential),
    signedHeaders: readSignedHeaders(signedHeaders),
    signature,
    signedAt: readHeaderDate(request),
    sessionToken: headerOf(request, "x-amz-security-token"),
    expiresIn: undefined,
  };
}

const malformedHeader = () =>
  new SignatureError("The Authorization header must have Credential, SignedHeaders and Signature, each once.");

function readQuery(query: URLSearchParams): Claim {
  const optional = (name: string): string | undefined => {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) throw new SignatureError(`The query must not repeat ${name}.`);
    return value;
  };
  const required = (name: string): string => {
    const value = optional(name);
    if (value === undefined) throw new SignatureError(`The query of a presigned URL must have ${name}.`);
    return value;
  };
  if (required("X-Amz-Algorithm") !== algorithm) throw new SignatureError(`X-Amz-Algorithm must be ${algorithm}.`);
  return {
    ...readCredential(required("X-Amz-Credential")),
    signedHeaders: readSignedHeaders(required("X-Amz-SignedHeaders")),
    signature: required("X-Amz-Signature"),
    signedAt: readTimestamp(required("X-Amz-Date")) ?? refuse("X-Amz-Date must be a time such as 20260102T030405Z."),
    sessionToken: optional("X-Amz-Security-Token"),
    expiresIn: readExpires(required("X-Amz-Expires")),
  };
}

function readCredential(credential: string): Pick<Claim, "accessKeyId" | "credentialScope"> {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || !terminator || more.length > 0) {
    throw new SignatureError("The credential must be ACCESS_KEY_ID/YYYYMMDD/REGION/SERVICE/aws4_request.");
  }
  return { accessKeyId, credentialScope: { date, region, service, terminator } };
}

function readSignedHeaders(list: string): readonly string[] {
  const names = list.split(";");
  const inOrder = [...new Set(names)].sort().join(";") === list;
  return inOrder && !names.includes("") && !/[A-Z]/.test(list)
    ? names
    : refuse("SignedHeaders must be lower-case names in order, each once, joined by semicolons.");
}

function readExpires(seconds: string): number {
  const expiresIn = /^\d{1,6}$/.test(seconds) ? Number(seconds) : 0;
  return expiresIn >= 1 && expiresIn <= maxExpiresIn
    ? expiresIn
    : refuse(`X-Amz-Expires must be between 1 and ${maxExpiresIn} seconds.`);
}

/** X-Amz-Date, else Date, which may also have HTTP's format ("Fri, 02 Jan 2026 03:04:05 GMT"). */
function readHeaderDate(request: SignedRequest): Date {
  const amzDate = headerOf(request, "x-amz-date");
  const date = headerOf(request, "date") ?? "";
  const signedAt = amzDate === undefined ? (readTimestamp(date) ?? readHttpDate(date)) : readTimestamp(amzDate);
  return signedAt ?? refuse("The request must have an X-Amz-Date header such as 20260102T030405Z.");
}

/** The weekday is not compared, because AWS's first test suite has a wrong one. */
function readHttpDate(text: string): Date | undefined {
  const time = new Date(text);
  const sameDate = time.toUTCString().slice("Fri, ".length) === text.slice("Fri, ".length);
  return sameDate && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** ISO 8601 basic format in UTC, as Signature Version 4 writes a time. */
export const timestampOf = (time: Date): string => time.toISOString().replace(/[-:]|\.\d{3}/g, "");

function readTimestamp(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = new Date(iso);
  // Formatted again, because a Date turns 30 February into 2 March.
  return iso !== text && !Number.isNaN(time.getTime()) && timestampOf(time) === text ? time : undefined;
}

function refuse(reason: string): never {
  throw new SignatureError(reason);
}
