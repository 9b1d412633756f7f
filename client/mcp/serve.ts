import { EventEmitter, once } from "node:events";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Ports } from "./ports.ts";
import { makeServer, type ServerOptions } from "./server.ts";

/** Bytes of one message: the longest that a tool takes is far below. */
const longestMessage = 256 * 1024;

/** Says when it has closed: at the end of input, or when the output or a message fails. */
class ClosingTransport extends StdioServerTransport {
  readonly #events = new EventEmitter();
  readonly closed = once(this.#events, "closed");

  override async close(): Promise<void> {
    await super.close();
    this.#events.emit("closed");
  }
}

/** Serves the Model Context Protocol on standard input and output, until the client goes away or the signal aborts. */
export async function serve(ports: Ports, options: ServerOptions & { readonly signal: AbortSignal }): Promise<void> {
  const running = new Set<Promise<unknown>>();
  const transport = new ClosingTransport(process.stdin, process.stdout, { maxBufferSize: longestMessage });
  const connection = serveStdio(() => makeServer(ports, options, running), { transport });
  const close = () => void connection.close();
  options.signal.addEventListener("abort", close);
  await transport.closed;
  options.signal.removeEventListener("abort", close);
  // They are cancelled now, and clean up.
  await Promise.allSettled(running);
}
