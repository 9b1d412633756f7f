import type { Jwk } from "aws-jwt-verify/jwk";
import type { IssuerSettings } from "../shared/issuer-settings.ts";

type Algorithm = IssuerSettings["algorithm"];

/** A public key of an issuer (RFC 7517). */
type IssuerKey = Jwk & { readonly kid: string };

/**
 * The keys of an issuer's set that its tokens may be signed by: for signatures, with an id, and of the kind and size that RFC 7518 has for
 * the algorithm. A private key that the issuer shows to everybody is none of them. Other keys in the set do no harm.
 */
export function keysFor(algorithm: Algorithm, set: unknown): IssuerKey[] {
  const { keys } = Object(set) as { readonly keys?: unknown };
  return Array.isArray(keys) ? keys.filter((key): key is IssuerKey => fits(algorithm, Object(key))) : [];
}

/** Characters of base64url in which the modulus of an RSA key stands that has 2048 bits. */
const shortestModulus = 342;

const curves: Partial<Record<Algorithm, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

function fits(algorithm: Algorithm, key: Readonly<Record<string, unknown>>): boolean {
  const { kty, crv, kid, n, use = "sig", alg = algorithm } = key;
  if (typeof kid !== "string" || use !== "sig" || alg !== algorithm || Object.hasOwn(key, "d")) return false;
  if (algorithm === "EdDSA") return kty === "OKP";
  if (algorithm in curves) return kty === "EC" && crv === curves[algorithm];
  return kty === "RSA" && typeof n === "string" && n.length >= shortestModulus;
}
