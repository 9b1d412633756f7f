import { hasSmallOrder } from "./ed25519-small-order.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";
import { takeString, takeStrings, unsignedMpint } from "./ssh-wire.ts";

const ed25519Bytes = 32; // RFC 8709 §4
const minModulusBits = 2048; // the least that EC2 Instance Connect documents
const maxModulusBits = 4096; // the most that EC2 Instance Connect documents
const maxExponentBits = 64; // OpenSSL verifies with no larger one once the modulus is over 3072 bits

/** The names of OpenSSH's certificates, of whatever key: `ssh-rsa-cert-v01@openssh.com` and its like. */
export const certificateName = /-cert-v\d\d@openssh\.com$/;

/** Algorithms that are taken, each with what judges the fields which stand behind the name in a blob. */
export type KeyAlgorithms<Algorithm extends string = string> = Readonly<
  Record<Algorithm, (fields: readonly Buffer[]) => PublicKeyRefusal | undefined>
>;

export function isOf<Algorithm extends string>(
  algorithms: KeyAlgorithms<Algorithm>,
  algorithm: string,
): algorithm is Algorithm {
  return Object.hasOwn(algorithms, algorithm);
}

/** What a caller may send: what EC2 Instance Connect takes. */
export const callerAlgorithms = {
  "ssh-ed25519": ed25519Refusal,
  "ssh-rsa": (fields) => rsaRefusal(fields, maxModulusBits),
} as const satisfies KeyAlgorithms;

export type CallerAlgorithm = keyof typeof callerAlgorithms;

/**
 * Judges what a public key's base64 holds: a name (RFC 4253 §6.6), and the fields of its algorithm.
 * @param named the algorithm that the text gives before the base64; an SSH2 frame gives none.
 */
export function checkBlob<Algorithm extends string>(
  blob: Buffer,
  named: string | undefined,
  algorithms: KeyAlgorithms<Algorithm>,
): { algorithm: Algorithm } | { refusal: PublicKeyRefusal } {
  const name = takeString(blob);
  if (!name) return { refusal: "malformed-key" };
  const algorithm = name.value.toString("latin1");
  if (certificateName.test(algorithm)) return { refusal: "certificate" };
  if (named !== undefined && named !== algorithm) return { refusal: "algorithm-mismatch" };
  if (!isOf(algorithms, algorithm)) return { refusal: "unsupported-algorithm" };

  const fields = takeStrings(name.rest);
  if (!fields) return { refusal: "malformed-key" };
  const refusal = algorithms[algorithm](fields);
  return refusal ? { refusal } : { algorithm };
}

/** RFC 8709 §4: 32 bytes. */
export function ed25519Refusal([point, ...rest]: readonly Buffer[]): PublicKeyRefusal | undefined {
  if (point?.length !== ed25519Bytes || rest.length > 0) return "malformed-key";
  return hasSmallOrder(point) ? "weak-key" : undefined;
}

/** RFC 4253 §6.6: mpint e, mpint n. */
export function rsaRefusal([e, n, ...rest]: readonly Buffer[], mostModulusBits: number): PublicKeyRefusal | undefined {
  const exponent = e && unsignedMpint(e);
  const modulus = n && unsignedMpint(n);
  if (exponent === undefined || modulus === undefined || rest.length > 0) return "malformed-key";
  if (bitLength(modulus) < minModulusBits) return "modulus-too-short";
  if (bitLength(modulus) > mostModulusBits) return "modulus-too-long";
  if (exponent < 3n || isEven(exponent) || bitLength(exponent) > maxExponentBits) return "invalid-exponent";
  return isEven(modulus) ? "weak-key" : undefined; // 2 is a factor, so the private key is a division away
}

const bitLength = (number: bigint): number => number.toString(2).length;
const isEven = (number: bigint): boolean => number % 2n === 0n;
