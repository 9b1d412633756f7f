import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { Jwk } from "aws-jwt-verify/jwk";
import type { IssuerSettings } from "../shared/issuer-settings.ts";
import { isPublicKey } from "../shared/public-jwk.ts";

type Algorithm = IssuerSettings["algorithm"];

/** A public key of an issuer (RFC 7517). */
type IssuerKey = Jwk & { readonly kid: string };

/**
 * The keys of an issuer's set that its tokens may be signed by: for signatures, with an id, and of the kind and size
 * that RFC 7518 has for the algorithm. A private key that the issuer shows to everybody is none of them. Other keys in
 * the set do no harm.
 */
export function keysFor(algorithm: Algorithm, set: unknown): IssuerKey[] {
  const { keys } = Object(set) as { readonly keys?: unknown };
  return Array.isArray(keys) ? keys.filter((key): key is IssuerKey => fits(algorithm, Object(key))) : [];
}

const curves: Partial<Record<Algorithm, string>> = { ES256: "prime256v1", ES384: "secp384r1", ES512: "secp521r1" };

function fits(algorithm: Algorithm, key: JsonWebKey): boolean {
  const { kid, use = "sig", alg = algorithm } = key;
  if (typeof kid !== "string" || use !== "sig" || alg !== algorithm || !isPublicKey(key)) return false;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = keyIn(key) ?? {};
  if (algorithm === "EdDSA") return type === "ed25519" || type === "ed448";
  if (algorithm in curves) return type === "ec" && details.namedCurve === curves[algorithm];
  const { modulusLength = 0, publicExponent = 0n } = details;
  // With an exponent of 1, anybody can sign.
  return type === "rsa" && modulusLength >= 2048 && publicExponent >= 3n;
}

/** The key itself: its text alone could hide a short modulus behind zeros, or a point that is on no curve. */
function keyIn(key: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: "jwk" });
  } catch {
    return undefined;
  }
}
