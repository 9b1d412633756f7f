import { concatBytes, integerOf } from "./bytes.ts";

/** Encodes a big-endian `uint32` of RFC 4251 §5. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Encodes a `string` of RFC 4251 §5: a uint32 with its length, then its bytes. Text is encoded as UTF-8. */
export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return concatBytes(uint32(bytes.length), bytes);
}

/** Reads the data types of RFC 4251 §5 from the front. It throws if the bytes end too early, so nothing is read in part. */
export class WireReader {
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  /** The bytes that have not been read yet. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** @throws RangeError */
  uint8(): number {
    return this.#view(1).getUint8(0);
  }

  /** @throws RangeError */
  uint32(): number {
    return this.#view(4).getUint32(0);
  }

  /** @throws RangeError */
  string(): Uint8Array {
    return this.#take(this.uint32());
  }

  /** Reads `string`s up to the end. @throws RangeError */
  strings(): readonly Uint8Array[] {
    const strings: Uint8Array[] = [];
    while (this.#rest.length > 0) strings.push(this.string());
    return strings;
  }

  #view(length: number): DataView {
    const { buffer, byteOffset } = this.#take(length);
    return new DataView(buffer, byteOffset, length);
  }

  #take(length: number): Uint8Array {
    if (length > this.#rest.length) throw new RangeError("The bytes end too early");
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** Runs a function that reads with `WireReader`. Returns undefined if the bytes end too early. */
export function unlessCutShort<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Reads a number from the bytes of an `mpint` (RFC 4251 §5): two's complement, big-endian, zero is the empty string.
 * Returns undefined if the number is negative, or has a leading zero byte that its sign does not need: a number has one
 * encoding, or a key would have several fingerprints.
 */
export function unsignedMpint(bytes: Uint8Array): bigint | undefined {
  const [first = 0, second = 0] = bytes;
  const isNegative = first >= 0x80;
  const hasNeedlessZero = bytes.length > 0 && first === 0 && second < 0x80;
  return isNegative || hasNeedlessZero ? undefined : integerOf(bytes);
}
