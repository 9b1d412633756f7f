import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Bits: so many that of 100,000 instances one in eleven is taken for another, and so few that a message always holds them. */
const size = 2 ** 20;

/**
 * Which instances of a target the pages of one sync have had, as text for the message of the next page: a Bloom filter of one
 * hash. It knows every instance that was added, and a few others too. Another sync mistakes others, so what is gone is found
 * a sync later at worst.
 */
export class SeenInstances {
  readonly #salt: string;
  readonly #bits: Uint8Array;

  /**
   * @param salt of the sync.
   * @param text of the page before.
   */
  constructor(salt: string, text?: string) {
    this.#salt = salt;
    this.#bits =
      text === undefined ? new Uint8Array(size / 8) : new Uint8Array(inflateRawSync(Buffer.from(text, "base64")));
    if (this.#bits.length !== size / 8) throw new Error("The text is not of instances that were seen");
  }

  add(instanceId: string): void {
    const { byte, bit } = this.#place(instanceId);
    this.#bits[byte] = (this.#bits[byte] ?? 0) | bit;
  }

  has(instanceId: string): boolean {
    const { byte, bit } = this.#place(instanceId);
    return ((this.#bits[byte] ?? 0) & bit) !== 0;
  }

  toString(): string {
    return deflateRawSync(this.#bits).toString("base64");
  }

  #place(instanceId: string) {
    const place = createHash("sha256").update(`${this.#salt}/${instanceId}`).digest().readUInt32BE() % size;
    return { byte: place >> 3, bit: 1 << (place & 7) };
  }
}
