import type { CursorKeyStore } from "../../lambda/lists/sealed-cursors.ts";

/** Cursor keys in memory. A key is stored once. */
export class FakeCursorKeys implements CursorKeyStore {
  reads = 0;
  readonly #keys = new Map<number, Buffer>();

  get created(): number {
    return this.#keys.size;
  }

  async readKey(period: number): Promise<Buffer | undefined> {
    this.reads += 1;
    return this.#keys.get(period);
  }

  async createKey(period: number, key: Buffer): Promise<void> {
    if (!this.#keys.has(period)) this.#keys.set(period, key);
  }
}
