/** A `string` of RFC 4251 §5: a big-endian uint32 of its length, then its bytes. */
export function sshString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Reads SSH's data types off bytes, from the front. Where the bytes end too early it throws: nothing is read as less than it says. */
export class WireReader {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  /** What has not been read yet. */
  get rest(): Buffer {
    return this.#rest;
  }

  /** @throws RangeError */
  uint8(): number {
    return this.#take(1).readUInt8();
  }

  /** @throws RangeError */
  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  /** @throws RangeError */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  #take(length: number): Buffer {
    if (length > this.#rest.length) throw new RangeError("The message ends too early");
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}
