import { bytesToHex } from "./bytes.ts";

/**
 * Every 32-byte encoding, its sign bit cleared, of the eight points of edwards25519 whose order divides 8: the list of
 * libsodium's `ge25519_has_small_order`. RFC 8032 §5.1.7 lets a verifier accept them, and OpenSSH does; with such a
 * point as the public key a signature can be made without any private key.
 */
export const smallOrderPoints: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000", // y = 0, order 4
  "0100000000000000000000000000000000000000000000000000000000000000", // y = 1, order 1
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p - 1, order 2
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p, which is 0 again
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1, which is 1 again
]);

/** Whether the 32 bytes of an Ed25519 public key are a point of small order. */
export function hasSmallOrder(point: Uint8Array): boolean {
  // The last bit is the sign of x. A point and its negative have the same order.
  const y = Uint8Array.from(point, (byte, index) => (index === 31 ? byte & 0x7f : byte));
  return smallOrderPoints.has(bytesToHex(y));
}
