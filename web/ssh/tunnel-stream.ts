import { BaseStream } from "@microsoft/dev-tunnels-ssh";
import { openTunnel, type TunnelSocket } from "../../sdk/tunnel.ts";

/** A tunnel as the library's stream. */
export class TunnelStream extends BaseStream {
  #socket: TunnelSocket | undefined;

  /**
   * Opens the tunnel.
   *
   * @param secretUrl presigned
   * @throws NetworkError, which does not say why: a browser shows nothing of a refused upgrade; the signal's reason.
   */
  static async open(secretUrl: string, signal: AbortSignal): Promise<TunnelStream> {
    const stream = new TunnelStream();
    // The first message can come with the handshake, before the socket is ours.
    const onMessage = ({ buffer, byteOffset, length }: Uint8Array) =>
      stream.onData(Buffer.from(buffer as ArrayBuffer, byteOffset, length));
    const socket = await openTunnel(secretUrl, { signal, onMessage });
    socket.addEventListener("close", () => stream.onEnd());
    stream.#socket = socket;
    return stream;
  }

  /** Drops what is too late: the library learns of the end from what it reads, and leaves errors of writes unhandled. */
  override async write(data: Buffer): Promise<void> {
    if (!this.disposed) this.#socket?.send(Uint8Array.from(data));
  }

  override async close(): Promise<void> {
    this.dispose();
  }

  override dispose(): void {
    if (!this.disposed) this.#socket?.close();
    super.dispose();
  }
}
