import { createConnection, type Socket } from "node:net";
import { frame, messagesOf } from "./agent-protocol.ts";

/** One connection to the user's own agent, made when it is first asked. What the agent is told stays with the connection. */
export class UpstreamAgent {
  readonly #socketPath: string | undefined;
  #connection: { readonly socket: Socket; readonly answers: AsyncGenerator<Buffer, void, undefined> } | undefined;

  /** @param socketPath undefined where the user has no agent. */
  constructor(socketPath: string | undefined) {
    this.#socketPath = socketPath;
  }

  /**
   * Passes a message on, one at a time.
   *
   * @returns the answer's message; undefined where there is no agent, or it does not answer.
   */
  async ask(message: Buffer, signal?: AbortSignal): Promise<Buffer | undefined> {
    if (this.#socketPath === undefined) return undefined;
    this.#connection ??= open(this.#socketPath);
    const { socket, answers } = this.#connection;
    // Once it is late its answers would no longer fit the questions.
    const giveUp = () => socket.destroy();
    signal?.addEventListener("abort", giveUp);
    try {
      socket.write(frame(message));
      const { value } = await answers.next();
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
  socket.on("error", () => {}); // told by `answers` too
  return { socket, answers: messagesOf(socket) };
}
