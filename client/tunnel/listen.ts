import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { bridge } from "./bridge.ts";
import type { Side, SideEnd } from "./side.ts";
import { socketSide } from "./stream-side.ts";

interface ListenOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** Whether a connection is served: it is closed otherwise. */
  readonly admit: (socket: Socket) => Promise<boolean>;
  /** Makes the far side of one connection. */
  readonly open: () => Promise<Side>;
  readonly onListening: (port: number) => void;
  /** A connection ended: the others go on. */
  readonly onEnd: (end: SideEnd) => void;
  /** Ends all of it. */
  readonly signal: AbortSignal;
}

/**
 * Listens on 127.0.0.1, and joins each connection to a far side of its own.
 *
 * @throws Failure if it cannot listen; the signal's reason, which alone ends it.
 */
export async function listen({ port, admit, open, onListening, onEnd, signal }: ListenOptions): Promise<never> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    admit(socket)
      .then((isAdmitted) => (isAdmitted ? serve(socket, open, signal).then(onEnd) : void socket.destroy()))
      .catch((error: unknown) => {
        if (!signal.aborted) onEnd({ failure: failureIn(error) });
      });
  });
  try {
    server.listen({ port, host: "127.0.0.1", signal });
    await once(server, "listening", { signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`127.0.0.1 port ${port} cannot be listened on: ${code}`, {
      exitCode: exitCodes.unavailable,
      hint: code === "EADDRINUSE" ? "--listen 0 takes a port that is free, and prints it" : undefined,
      cause: error,
    });
  }
  const address = server.address();
  onListening(typeof address === "object" && address !== null ? address.port : port);
  await once(server, "close");
  throw signal.reason;
}

async function serve(socket: Socket, open: ListenOptions["open"], signal: AbortSignal): Promise<SideEnd> {
  socket.on("error", () => {}); // how the local program fails does not matter to the tunnel: it ends
  try {
    return await bridge(
      socketSide(socket, () => undefined),
      await open(),
      signal,
    );
  } finally {
    socket.destroy();
  }
}

/** @throws any error that is a bug */
function failureIn(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
