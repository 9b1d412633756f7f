import { sshString, uint32, WireReader } from "../../ssh-format/ssh-wire.ts";
import { encodePacket, type Packet, PacketSplitter, types } from "./packets.ts";
import { SftpError } from "./sftp-error.ts";

/** What leads to the server: the channel of an SSH session on which the subsystem `sftp` runs. */
export interface ByteChannel {
  send(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** SFTP's version. */
const version = 3;

interface Waiting {
  readonly resolve: (packet: Packet) => void;
  readonly reject: (error: SftpError) => void;
}

/** Requests and their responses, many at the same time. */
export class Requests {
  readonly #channel: ByteChannel;
  readonly #splitter = new PacketSplitter();
  readonly #waiting = new Map<number, Waiting>();
  /** Takes the place of an id for the first response, which has none. */
  readonly #greeting = -1;
  #nextId = 0;
  #hasEnded = false;

  constructor(channel: ByteChannel) {
    this.#channel = channel;
  }

  /** @throws SftpError if the server speaks another version */
  async greet(): Promise<void> {
    const { type, body } = await this.#send(this.#greeting, encodePacket(types.init, uint32(version)));
    if (type !== types.version || body.length < 4 || new WireReader(body).uint32() !== version) {
      throw this.#fail();
    }
  }

  /**
   * Makes a request about one path or handle.
   *
   * @param fields what follows it
   * @returns the response, without its id.
   * @throws SftpError
   */
  about(type: number, name: Uint8Array | string, ...fields: readonly Uint8Array[]): Promise<Packet> {
    this.#nextId = (this.#nextId + 1) % 2 ** 32;
    return this.#send(this.#nextId, encodePacket(type, uint32(this.#nextId), sshString(name), ...fields));
  }

  /** Takes what the server sends. */
  receive(bytes: Uint8Array): void {
    try {
      for (const packet of this.#splitter.add(bytes)) this.#respond(packet);
    } catch {
      this.#fail();
    }
  }

  /** No response will come any more. */
  end(error = new SftpError("lost")): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #respond({ type, body }: Packet): void {
    const hasGreeting = this.#waiting.has(this.#greeting);
    const id = hasGreeting ? this.#greeting : new WireReader(body).uint32();
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return void this.#fail();
    this.#waiting.delete(id);
    waiting.resolve({ type, body: hasGreeting ? body : body.subarray(4) });
  }

  async #send(id: number, packet: Uint8Array): Promise<Packet> {
    if (this.#hasEnded) throw new SftpError("lost");
    const response = new Promise<Packet>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    // Those who wait hear of it by the channel's end too.
    this.#channel.send(packet).catch(() => this.end());
    return response;
  }

  #fail(): SftpError {
    const error = new SftpError("protocol");
    this.end(error);
    this.#channel.close();
    return error;
  }
}
