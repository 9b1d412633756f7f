import { integerOf } from "./bytes.ts";

/** A curve y² = x³ − 3x + b over the integers modulo p: see SP 800-186 §3.2.1. */
interface Curve {
  readonly p: bigint;
  readonly b: bigint;
  /** The length of a coordinate in bytes. */
  readonly size: number;
}

/** The curves that RFC 5656 §10.1 requires, by their names in SSH. */
const nistCurves = {
  nistp256: {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    size: 32,
  },
  nistp384: {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    size: 48,
  },
  nistp521: {
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    size: 66,
  },
} as const satisfies Record<string, Curve>;

export type NistCurve = keyof typeof nistCurves;

/**
 * Whether the bytes are an uncompressed point (SEC 1 §2.3.4) of the curve, with both coordinates below p. The curves have prime
 * order, so every such point is a valid public key and none is weak.
 */
export function isOnCurve(bytes: Uint8Array, name: NistCurve): boolean {
  const { p, b, size }: Curve = nistCurves[name];
  if (bytes[0] !== 0x04 || bytes.length !== 1 + 2 * size) return false;
  const x = integerOf(bytes.subarray(1, 1 + size));
  const y = integerOf(bytes.subarray(1 + size));
  return x < p && y < p && (x ** 3n - 3n * x + b - y ** 2n) % p === 0n;
}
