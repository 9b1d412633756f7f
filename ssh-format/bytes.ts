import { bytesToHex } from "@noble/hashes/utils.js";

export { bytesToHex, concatBytes } from "@noble/hashes/utils.js";

/** One character per byte, so that bytes other than ASCII equal no name in SSH. */
export function latin1Of(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Reads an unsigned big-endian integer. */
export function integerOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`);
}
