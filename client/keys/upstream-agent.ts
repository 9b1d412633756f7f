import { createConnection, type Socket } from "node:net";
import { frame, messagesOf } from "./agent-protocol.ts";

/** One connection to the user's own agent, opened by the first request. Agents keep state per connection (session-bind). */
export class UpstreamAgent {
  readonly #socketPath: string | undefined;
  #connection: { readonly socket: Socket; readonly responses: AsyncGenerator<Uint8Array, void, undefined> } | undefined;

  /** @param socketPath undefined if the user has no agent. */
  constructor(socketPath: string | undefined) {
    this.#socketPath = socketPath;
  }

  /**
   * Passes on a message, one at a time.
   *
   * @returns the response; undefined if there is no agent, or it does not respond.
   */
  async ask(message: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.#socketPath === undefined) return undefined;
    this.#connection ??= open(this.#socketPath);
    const { socket, responses } = this.#connection;
    // After a late response, responses would no longer match requests.
    const giveUp = () => socket.destroy();
    signal?.addEventListener("abort", giveUp);
    try {
      socket.write(frame(message));
      const { value } = await responses.next();
      return value ?? undefined;
    } catch {
      return undefined;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  close(): void {
    this.#connection?.socket.destroy();
  }
}

function open(socketPath: string) {
  const socket = createConnection(socketPath);
  socket.on("error", () => {}); // `responses` rejects too
  return { socket, responses: messagesOf(socket) };
}
