import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Caller } from "../../contract/caller.ts";
import type { RouteName } from "../../contract/routes.ts";
import { invalidField } from "../shared/problem.ts";
import { epochSeconds } from "../shared/time.ts";

// A list's cursor says where the list goes on, and so how many entries there are that the caller may not see. So a caller gets
// it encrypted: key id (1 byte), nonce (12), AES-256-GCM of length (2), cursor and padding, tag (16).

/** Where the keys of cursors are kept. Each call rejects with a Problem, and stops when its signal aborts. */
export interface CursorKeyStore {
  /** 32 bytes; undefined if there is no key of that period. */
  readKey(period: number, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Stores a key unless the period has one. The store may forget it from `deleteAt` on, in seconds since 1970. */
  createKey(period: number, key: Buffer, deleteAt: number, signal: AbortSignal): Promise<void>;
}

/** As much of a list's request as its cursors are bound to. */
export interface ListRequest {
  readonly caller: Pick<Caller, "id" | "kind">;
  readonly query: { readonly cursor?: string | undefined; readonly limit?: number | undefined };
  readonly context: { readonly clock: () => Date; readonly deadline: { readonly signal: AbortSignal } };
}

/** Seconds for which a key makes cursors. It reads them for as long again. */
export const keyPeriod = 30 * 24 * 60 * 60;

const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

/** Encrypts the cursors of lists, under keys that every function of the stack shares. */
export class SealedCursors {
  /** By period. */
  readonly #keys = new Map<number, Buffer>();
  readonly #store: CursorKeyStore;

  constructor(store: CursorKeyStore) {
    this.#store = store;
  }

  /**
   * Makes a list that takes and returns sealed cursors of one that does not know of them.
   *
   * @param size bytes of the longest cursor, in base64url, that the list makes. All its sealed cursors have the same length.
   * @returns a list that throws Problem `invalid-request` for a cursor that it has not made for this caller and this query, or
   *   that is too old.
   */
  seal<Request extends ListRequest, Page extends { nextCursor?: string | undefined }>(
    { route, size }: { readonly route: RouteName; readonly size: number },
    list: (request: Request) => Promise<Page>,
  ): (request: Request) => Promise<Page> {
    return async (request) => {
      const bound = boundTo(route, request);
      const { cursor: sealed } = request.query;
      const cursor = sealed === undefined ? undefined : await this.#open(sealed, bound, request.context);
      const page = await list({ ...request, query: { ...request.query, cursor } });
      if (page.nextCursor === undefined) return page;
      return { ...page, nextCursor: await this.#close(page.nextCursor, { bound, size }, request.context) };
    };
  }

  async #close(
    cursor: string,
    { bound, size }: { readonly bound: Buffer; readonly size: number },
    context: ListRequest["context"],
  ): Promise<string> {
    const plain = Buffer.alloc(2 + size);
    plain.writeUInt16BE(cursor.length);
    if (plain.write(cursor, 2, "latin1") < cursor.length) throw new Error("The cursor is longer than its list allows");
    const period = periodOf(context.clock());
    const key = await this.#currentKey(period, context);
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(bound);
    const parts = [Buffer.of(period % 256), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(parts).toString("base64url");
  }

  async #open(text: string, bound: Buffer, { clock, deadline }: ListRequest["context"]): Promise<string> {
    const sealed = Buffer.from(text, "base64url");
    const current = periodOf(clock());
    const period = [current, current - 1].find((each) => each % 256 === sealed[0]);
    // One cursor has one text: no other base64 of it is taken.
    if (period === undefined || sealed.length < headBytes + tagBytes || sealed.toString("base64url") !== text) {
      throw notACursor();
    }
    const key = await this.#readKey(period, deadline.signal);
    if (!key) throw notACursor();
    try {
      const nonce = sealed.subarray(1, headBytes);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes }).setAAD(bound);
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      const plain = Buffer.concat([decipher.update(sealed.subarray(headBytes, -tagBytes)), decipher.final()]);
      return plain.toString("latin1", 2, 2 + plain.readUInt16BE());
    } catch {
      throw notACursor();
    }
  }

  async #currentKey(period: number, { clock, deadline: { signal } }: ListRequest["context"]): Promise<Buffer> {
    const known = await this.#readKey(period, signal);
    if (known) return known;
    await this.#store.createKey(period, randomBytes(32), epochSeconds(clock()) + 3 * keyPeriod, signal);
    // Another function may have been faster: the stored key is the one that all of them use.
    const stored = await this.#readKey(period, signal);
    if (!stored) throw new Error("The cursor key that was created is not there");
    return stored;
  }

  async #readKey(period: number, signal: AbortSignal): Promise<Buffer | undefined> {
    const key = this.#keys.get(period) ?? (await this.#store.readKey(period, signal));
    if (key) this.#keys.set(period, key);
    return key;
  }
}

const periodOf = (now: Date) => Math.floor(epochSeconds(now) / keyPeriod);

/** The limit may change from page to page. */
function boundTo(route: RouteName, { caller, query }: ListRequest): Buffer {
  const { cursor: _, limit: __, ...filters } = query;
  const parts = Object.entries(filters).filter(([, value]) => value !== undefined);
  return Buffer.from(JSON.stringify([route, caller.kind, caller.id, parts.sort(([a], [b]) => (a < b ? -1 : 1))]));
}

const notACursor = () => invalidField("/cursor", "not-a-cursor");
