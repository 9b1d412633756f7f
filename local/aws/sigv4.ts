import { createHash, timingSafeEqual } from "node:crypto";
import {
  canonicalQuery,
  canonicalRequest,
  headerOf,
  queryAsItStands,
  type SignedRequest,
  sha256Hex,
  signatureOf,
  splitTarget,
} from "./sigv4-canonical.ts";
import { type Claim, readClaim, SignatureError, timestampOf } from "./sigv4-claim.ts";

export type { SignedRequest } from "./sigv4-canonical.ts";

/** The secret half of a pair of credentials; temporary ones also have a session token. */
export interface Secret {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type SignatureVerdict =
  /** Neither an Authorization header nor X-Amz-Signature or X-Amz-Algorithm in the query. */
  | { readonly kind: "unsigned" }
  /** `reason` is one sentence for the client, without parts of the request or secrets. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "verified"; readonly accessKeyId: string; readonly region: string; readonly presigned: boolean };

/** A request must reach AWS within five minutes of its time stamp (IAM user guide, "AWS Signature Version 4 for API requests"). */
const maxClockSkew = 5 * 60_000;

/**
 * Verifies a request's AWS Signature Version 4 as every AWS service but S3 does: in the Authorization header, or in the
 * query of a presigned URL. Written from the documents, separately from the SDK that signs, so that the two check each other:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html and its page on troubleshooting.
 *
 * Headers: `host` and every `x-amz-*` header must be signed. `content-type` need not be: "only the host and any x-amz-*
 * headers are required" (same guide); S3 alone asks for it.
 *
 * @param scope the region (left out: any) and the service signing name that the credential must be scoped to
 * @param findSecret for an access key id, which is unverified input; undefined if there is none
 * @param now the clock for time stamps
 * Throws only if `findSecret` does.
 */
export function verifySignature(
  request: SignedRequest,
  scope: { region?: string; service: string },
  findSecret: (accessKeyId: string) => Secret | undefined,
  now: Date,
): SignatureVerdict {
  try {
    const claim = readClaim(request);
    if (claim === undefined) return { kind: "unsigned" };
    checkTarget(request.target);
    checkTime(claim, now);
    checkSignedHeaders(claim, request);
    checkScope(claim, scope);
    const secret = findSecret(claim.accessKeyId);
    if (secret === undefined) throw new SignatureError("The access key id is unknown.");
    checkSessionToken(claim.sessionToken, secret.sessionToken);
    checkPayloadHash(request);
    checkSignature(claim, request, secret);
    const { accessKeyId, credentialScope, expiresIn } = claim;
    return { kind: "verified", accessKeyId, region: credentialScope.region, presigned: expiresIn !== undefined };
  } catch (error) {
    if (error instanceof SignatureError) return { kind: "refused", reason: error.message };
    throw error;
  }
}

function checkTarget(target: string): void {
  if (!/^(?:[/?][!-~]*)?$/.test(target) || /%(?![0-9A-Fa-f]{2})/.test(target)) {
    throw new SignatureError(
      "The request target must be a path and query in printable ASCII with well-formed percent-escapes.",
    );
  }
}

function checkTime({ signedAt, expiresIn }: Claim, now: Date): void {
  const age = now.getTime() - signedAt.getTime();
  if (age < -maxClockSkew) throw new SignatureError("Signature not yet current: it is dated over 5 minutes ahead.");
  if (expiresIn === undefined && age > maxClockSkew) {
    throw new SignatureError("Signature expired: it is dated over 5 minutes ago.");
  }
  if (expiresIn !== undefined && age > expiresIn * 1000) throw new SignatureError("The presigned URL has expired.");
}

function checkSignedHeaders({ signedHeaders }: Claim, request: SignedRequest): void {
  if (!signedHeaders.includes("host")) throw new SignatureError("The host header must be signed.");
  if (signedHeaders.some((name) => headerOf(request, name) === undefined)) {
    throw new SignatureError("Every header of SignedHeaders must be in the request.");
  }
  if (Object.keys(request.headers).some((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name))) {
    throw new SignatureError("Every x-amz-* header of the request must be signed.");
  }
}

function checkScope(
  { credentialScope: { date, region, service, terminator }, signedAt }: Claim,
  scope: {
    region?: string;
    service: string;
  },
): void {
  if (date !== timestampOf(signedAt).slice(0, 8)) {
    throw new SignatureError("The date in the credential scope must be the day of the request's date, in UTC.");
  }
  if (scope.region !== undefined && region !== scope.region)
    throw new SignatureError(`The credential must be scoped to the region ${scope.region}.`);
  if (service !== scope.service)
    throw new SignatureError(`The credential must be scoped to the service ${scope.service}.`);
  if (terminator !== "aws4_request") throw new SignatureError("The credential scope must end in aws4_request.");
}

function checkSessionToken(claimed: string | undefined, expected: string | undefined): void {
  if (claimed === undefined && expected !== undefined) throw new SignatureError("The session token is missing.");
  if (claimed !== undefined && (expected === undefined || !equalInConstantTime(claimed, expected))) {
    throw new SignatureError("The session token does not belong to this access key id.");
  }
}

/** The body is always hashed, so the header can only disagree. A presigned GET has an empty body. */
function checkPayloadHash(request: SignedRequest): void {
  const claimed = headerOf(request, "x-amz-content-sha256");
  if (claimed === "UNSIGNED-PAYLOAD") throw new SignatureError("Only Amazon S3 accepts an unsigned payload.");
  if (claimed !== undefined && claimed !== sha256Hex(request.body)) {
    throw new SignatureError("x-amz-content-sha256 must be the SHA-256 of the body.");
  }
}

function checkSignature(claim: Claim, request: SignedRequest, { secretAccessKey }: Secret): void {
  const { date, region, service, terminator } = claim.credentialScope;
  const scope = [date, region, service, terminator];
  const { query } = splitTarget(request.target);
  const matches = (signedQuery: string) => {
    const canonical = canonicalRequest(request, signedQuery, claim.signedHeaders);
    const expected = signatureOf(canonical, timestampOf(claim.signedAt), scope, secretAccessKey);
    return equalInConstantTime(claim.signature, expected);
  };
  if (matches(canonicalQuery(query))) return;
  if (matches(queryAsItStands(query))) {
    throw new SignatureError(
      "The signature does not match: sort the query parameters by name before signing, and percent-encode them.",
    );
  }
  throw new SignatureError(
    "The signature does not match: check the secret access key and the way the request is signed.",
  );
}

/** Hashed first, because timingSafeEqual needs equal lengths. */
const equalInConstantTime = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
