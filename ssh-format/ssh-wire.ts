/**
 * Takes one `string` of RFC 4251 §5 (a big-endian uint32 of its length, then that many bytes) off the front.
 * Returns undefined, and does not throw, where the bytes end before it does.
 */
export function takeString(bytes: Buffer): { value: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 4) return undefined; // bytes of a uint32
  const end = 4 + bytes.readUInt32BE(0);
  if (end > bytes.length) return undefined;
  return { value: bytes.subarray(4, end), rest: bytes.subarray(end) };
}

/** Reads bytes that are `string`s from the first to the last. Returns undefined if they are cut short or some are left. */
export function takeStrings(bytes: Buffer): readonly Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const next = takeString(rest);
    if (!next) return undefined;
    strings.push(next.value);
    rest = next.rest;
  }
  return strings;
}

/**
 * The number that a `string` holds as an `mpint` of RFC 4251 §5: two's complement, big-endian, zero is the empty string.
 * Returns undefined for a negative number, and for one with a leading zero byte that its sign does not need: a number
 * has one encoding, or a key would have several fingerprints.
 */
export function unsignedMpint(value: Buffer): bigint | undefined {
  if (value.length === 0) return 0n;
  const startsWithZero = value.readUInt8(0) === 0;
  const needsZero = value.length > 1 && value.readUInt8(1) >= 0x80;
  const isNegative = value.readUInt8(0) >= 0x80;
  if (isNegative || (startsWithZero && !needsZero)) return undefined;
  return BigInt(`0x${value.toString("hex")}`);
}
