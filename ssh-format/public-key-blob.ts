import { latin1Of } from "./bytes.ts";
import { hasSmallOrder } from "./ed25519-small-order.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";
import { unlessCutShort, unsignedMpint, WireReader } from "./ssh-wire.ts";

const ed25519Bytes = 32; // RFC 8709 §4
const minModulusBits = 2048; // the minimum that EC2 Instance Connect documents
const maxModulusBits = 4096; // the maximum that EC2 Instance Connect documents
const maxExponentBits = 64; // OpenSSL refuses larger exponents if the modulus has more than 3072 bits

/** The names of OpenSSH certificates, such as `ssh-rsa-cert-v01@openssh.com`. */
export const certificateName = /-cert-v\d\d@openssh\.com$/;

/** Accepted algorithms, each with a check of the fields that follow the name in a blob. */
export type KeyAlgorithms<Algorithm extends string = string> = Readonly<
  Record<Algorithm, (fields: readonly Uint8Array[]) => PublicKeyRefusal | undefined>
>;

export function isOf<Algorithm extends string>(
  algorithms: KeyAlgorithms<Algorithm>,
  algorithm: string,
): algorithm is Algorithm {
  return Object.hasOwn(algorithms, algorithm);
}

/** The algorithms a caller may send: those that EC2 Instance Connect accepts. */
export const callerAlgorithms = {
  "ssh-ed25519": ed25519Refusal,
  "ssh-rsa": (fields) => rsaRefusal(fields, maxModulusBits),
} as const satisfies KeyAlgorithms;

export type CallerAlgorithm = keyof typeof callerAlgorithms;

/**
 * Checks the bytes of a public key: a name (RFC 4253 §6.6), then the fields of its algorithm.
 *
 * @param named the algorithm that precedes the base64 in the text; undefined for an SSH2 frame.
 */
export function checkBlob<Algorithm extends string>(
  blob: Uint8Array,
  named: string | undefined,
  algorithms: KeyAlgorithms<Algorithm>,
): { algorithm: Algorithm } | { refusal: PublicKeyRefusal } {
  const reader = new WireReader(blob);
  const algorithm = unlessCutShort(() => latin1Of(reader.string()));
  if (algorithm === undefined) return { refusal: "malformed-key" };
  if (certificateName.test(algorithm)) return { refusal: "certificate" };
  if (named !== undefined && named !== algorithm) return { refusal: "algorithm-mismatch" };
  if (!isOf(algorithms, algorithm)) return { refusal: "unsupported-algorithm" };

  const fields = unlessCutShort(() => reader.strings());
  if (!fields) return { refusal: "malformed-key" };
  const refusal = algorithms[algorithm](fields);
  return refusal ? { refusal } : { algorithm };
}

/** RFC 8709 §4: 32 bytes. */
export function ed25519Refusal([point, ...rest]: readonly Uint8Array[]): PublicKeyRefusal | undefined {
  if (point?.length !== ed25519Bytes || rest.length > 0) return "malformed-key";
  return hasSmallOrder(point) ? "weak-key" : undefined;
}

/** RFC 4253 §6.6: mpint e, mpint n. */
export function rsaRefusal([e, n, ...rest]: readonly Uint8Array[], maxBits: number): PublicKeyRefusal | undefined {
  const exponent = e && unsignedMpint(e);
  const modulus = n && unsignedMpint(n);
  if (exponent === undefined || modulus === undefined || rest.length > 0) return "malformed-key";
  if (bitLength(modulus) < minModulusBits) return "modulus-too-short";
  if (bitLength(modulus) > maxBits) return "modulus-too-long";
  if (exponent < 3n || isEven(exponent) || bitLength(exponent) > maxExponentBits) return "invalid-exponent";
  return isEven(modulus) ? "weak-key" : undefined; // 2 is a factor, so anybody can compute the private key
}

const bitLength = (number: bigint): number => number.toString(2).length;
const isEven = (number: bigint): boolean => number % 2n === 0n;
