import { concatBytes } from "../../ssh-format/bytes.ts";
import { sshString, uint32, WireReader } from "../../ssh-format/ssh-wire.ts";

/** Packets of SFTP version 3, which OpenSSH speaks (draft-ietf-secsh-filexfer-02). */

export const types = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  stat: 17,
  status: 101,
  handle: 102,
  data: 103,
  attrs: 105,
} as const;

/** Flags of `open` (§6.3). */
export const openFlags = { read: 1, write: 2, create: 8, exclusive: 32 } as const;

/** Codes of `status` (§7). */
export const statusCodes = { ok: 0, endOfFile: 1, noSuchFile: 2, permissionDenied: 3 } as const;

/** Bytes that a server must take in one packet are 34,000 (§3), its head included. */
export const chunkBytes = 32_768;

/** Bytes of the longest packet that a server has reason to send. */
const longestPacket = 256 * 1024;

export interface Packet {
  readonly type: number;
  /** What follows the type: the request's id first, except in `version`. */
  readonly body: Uint8Array;
}

/** @param fields what follows the type, encoded */
export function encodePacket(type: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return sshString(concatBytes(Uint8Array.of(type), ...fields));
}

/** Attributes that say nothing (§5): a new file gets what the server usually gives. */
export const noAttributes = uint32(0);

/** The size in attributes, in bytes. @returns undefined if the server does not say. @throws RangeError if they end too early */
export function readSize(attributes: WireReader): number | undefined {
  const hasSize = 0x1;
  if ((attributes.uint32() & hasSize) === 0) return undefined;
  return attributes.uint32() * 2 ** 32 + attributes.uint32();
}

/** A uint64, of a number below 2^53. */
export function uint64(value: number): Uint8Array {
  return concatBytes(uint32(Math.floor(value / 2 ** 32)), uint32(value % 2 ** 32));
}

/** Cuts what arrives into packets. */
export class PacketSplitter {
  #rest: Uint8Array = new Uint8Array();

  /** @throws RangeError if a packet is empty, or longer than any has reason to be: nothing is kept for it. */
  add(bytes: Uint8Array): readonly Packet[] {
    this.#rest = this.#rest.length === 0 ? bytes.slice() : concatBytes(this.#rest, bytes);
    const packets: Packet[] = [];
    while (this.#rest.length >= 4) {
      const length = new WireReader(this.#rest).uint32();
      if (length === 0 || length > longestPacket) throw new RangeError("a packet of an impossible length");
      if (this.#rest.length < 4 + length) break;
      const [type = 0] = this.#rest.subarray(4);
      packets.push({ type, body: this.#rest.slice(5, 4 + length) });
      this.#rest = this.#rest.subarray(4 + length);
    }
    return packets;
  }
}
