import { isUtf8 } from "node:buffer";
import { JwtVerifier } from "aws-jwt-verify";
import type { IssuerSettings } from "../shared/issuer-settings.ts";
import { parseStrictJson } from "../shared/strict-json.ts";
import { keysFor } from "./issuer-keys.ts";
import { KeySet } from "./key-set.ts";
import type { Claims } from "./oidc.ts";

/** Why a token is not valid. Words of ours alone: they go to the log. */
export const tokenFaults = [
  "malformed",
  "too-long",
  "other-issuer",
  "other-algorithm",
  "critical-header",
  "other-type",
  "unknown-key",
  "other-audience",
  "other-client",
  "no-subject",
  "expired",
  "not-yet-valid",
  "bad-signature",
] as const;

type TokenFault = (typeof tokenFaults)[number];

export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
  readonly fault: TokenFault;

  constructor(fault: TokenFault) {
    super(fault);
    this.fault = fault;
  }
}

/** A token that its issuer has signed for this API, and that is valid now. */
export interface ValidToken {
  readonly issuer: IssuerSettings;
  readonly claims: Claims;
  /** When it expires, in seconds since 1970. */
  readonly expiresAt: number;
}

export interface TokenPorts {
  /** Fetches JSON. @throws Error if there is none. */
  readonly fetchJson: (url: string) => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Characters: API Gateway takes no longer head. */
const longestToken = 10_240;

/** Seconds by which an issuer's clock may be ahead. */
const skew = 30;

/**
 * Verifies tokens of several issuers.
 *
 * aws-jwt-verify checks the signature under the key that the token names. What it accepts and this API does not is
 * checked here: no `exp`, a critical header, another algorithm than the issuer's one, duplicate names, padding, a time
 * of issue in the future.
 *
 * @returns a function that throws InvalidToken, or IssuerUnavailable if the issuer's keys cannot be read.
 */
export function tokenVerifier(issuers: readonly IssuerSettings[], ports: TokenPorts) {
  const known = new Map(issuers.map((issuer) => [issuer.issuer, knownIssuer(issuer, ports)]));
  return async (token: string): Promise<ValidToken> => {
    const { header, claims } = parseToken(token);
    const found = typeof claims["iss"] === "string" ? known.get(claims["iss"]) : undefined;
    if (!found) throw new InvalidToken("other-issuer");
    const { issuer, hasKey, verify } = found;
    const kid = checkHeader(header, issuer);
    const expiresAt = checkClaims(claims, issuer, ports.clock() / 1000);
    if (!(await hasKey(kid))) throw new InvalidToken("unknown-key");
    verify(token);
    return { issuer, claims, expiresAt };
  };
}

function knownIssuer(issuer: IssuerSettings, { fetchJson, clock }: TokenPorts) {
  const { name, issuer: iss, audience, algorithm, jwks, jwksUri = `${iss}/jwks` } = issuer;
  const verifier = JwtVerifier.create({ issuer: iss, audience, jwksUri, graceSeconds: skew });
  const use = (set: unknown) => {
    const found = keysFor(algorithm, set);
    // Also drops the keys of the last set, of which one may have had the id of a new one.
    if (found.length > 0) verifier.cacheJwks({ keys: found });
    return found.map(({ kid }) => kid);
  };
  const keys = new KeySet({ issuer: name, fetch: async () => jwks ?? fetchJson(jwksUri), use, clock });
  return {
    issuer,
    hasKey: (kid: string) => keys.has(kid),
    verify: (token: string) => {
      try {
        verifier.verifySync(token);
      } catch {
        // Its message quotes the token.
        throw new InvalidToken("bad-signature");
      }
    },
  };
}

type Header = Readonly<Record<string, unknown>>;

function parseToken(token: string): { readonly header: Header; readonly claims: Claims } {
  if (token.length > longestToken) throw new InvalidToken("too-long");
  const parts = token.split(".");
  const [header, claims, signature] = parts.map(decode);
  if (parts.length !== 3 || !header || !claims || !signature) throw new InvalidToken("malformed");
  return { header: parseObject(header), claims: parseObject(claims) };
}

/** Undefined unless it is base64url without padding, in the one form that its bytes have. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  // Else any byte that is no UTF-8 reads as the same character.
  const parsed = isUtf8(bytes) ? parseStrictJson(bytes.toString("utf8")) : undefined;
  const value = parsed && "value" in parsed ? parsed.value : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidToken("malformed");
  return value as Readonly<Record<string, unknown>>;
}

/** @returns the id of the key. */
function checkHeader(header: Header, { algorithm, tokenType }: IssuerSettings): string {
  const { alg, kid, typ } = header;
  if (alg !== algorithm) throw new InvalidToken("other-algorithm");
  if (Object.hasOwn(header, "crit")) throw new InvalidToken("critical-header");
  if (tokenType !== undefined && typeOf(typ) !== typeOf(tokenType)) throw new InvalidToken("other-type");
  if (typeof kid !== "string") throw new InvalidToken("unknown-key");
  return kid;
}

/** RFC 7515, section 4.1.9: a media type, whose `application/` may be left out. */
const typeOf = (typ: unknown) =>
  typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : undefined;

/** @returns when the token expires. */
function checkClaims(claims: Claims, { audience, clientIds }: IssuerSettings, now: number): number {
  const { aud, sub, exp, nbf = now, iat = now, client_id: client, azp, cid } = claims;
  if (![aud].flat().includes(audience)) throw new InvalidToken("other-audience");
  if (typeof sub !== "string" || sub === "") throw new InvalidToken("no-subject");
  const clients = [client, azp, cid].filter((each) => each !== undefined);
  const isKnown = (each: unknown) => typeof each === "string" && clientIds?.includes(each);
  if (clientIds && (clients.length === 0 || !clients.every(isKnown))) throw new InvalidToken("other-client");
  if (!(typeof exp === "number" && Number.isFinite(exp) && exp > now)) throw new InvalidToken("expired");
  if (![nbf, iat].every((time) => typeof time === "number" && time <= now + skew)) {
    throw new InvalidToken("not-yet-valid");
  }
  return exp;
}
