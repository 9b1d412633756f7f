import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { closeTimeout, type Side, type SideEvents, stalledAfter } from "./side.ts";

interface StreamSideOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** What an error of a stream comes to; undefined for one that is as good as an end. */
  readonly failureOf: (error: NodeJS.ErrnoException) => Failure | undefined;
  /** Resolves when all that was written has gone out. */
  readonly finish: () => Promise<void>;
  readonly destroy: () => void;
}

/** The side of a bridge that is made of Node's streams. */
class StreamSide implements Side {
  readonly #options: StreamSideOptions;
  #events: SideEvents | undefined;
  #isOver = false;

  constructor(options: StreamSideOptions) {
    this.#options = options;
  }

  start(events: SideEvents): void {
    this.#events = events;
    const { input, output } = this.#options;
    output.on("drain", events.onDrain).on("error", this.#onError).on("close", this.#onEnd);
    input.on("data", this.#onBytes).on("error", this.#onError).on("end", this.#onEnd).on("close", this.#onEnd);
    if (input.destroyed || output.destroyed) this.#onEnd();
    input.resume();
  }

  send(bytes: Buffer): boolean {
    return !this.#options.output.writable || this.#options.output.write(bytes);
  }

  pause(): void {
    this.#options.input.pause();
  }

  resume(): void {
    this.#options.input.resume();
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#options.finish();
  }

  /** The listeners of errors stay, for what the streams may still say. */
  destroy(): void {
    this.#isOver = true;
    const { input, output } = this.#options;
    input.off("data", this.#onBytes).off("end", this.#onEnd).off("close", this.#onEnd);
    output.off("close", this.#onEnd);
    if (this.#events) output.off("drain", this.#events.onDrain);
    this.#options.destroy();
  }

  readonly #onBytes = (bytes: Buffer): void => {
    if (!this.#isOver) this.#events?.onBytes(bytes);
  };

  readonly #onEnd = (): void => this.#end();

  readonly #onError = (error: NodeJS.ErrnoException): void => this.#end(this.#options.failureOf(error));

  #end(failure?: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events?.onEnd({ failure });
  }
}

/** Standard input and output, as one side. They stay open: only a process that exits closes them. */
export function stdioSide({ stdin, stdout }: { readonly stdin: Readable; readonly stdout: Writable }): Side {
  return new StreamSide({
    input: stdin,
    output: stdout,
    failureOf: ({ code }) =>
      code === "EPIPE"
        ? undefined
        : new Failure(`standard input or output fails: ${code}`, { exitCode: exitCodes.noInput }),
    finish: () => new Promise((resolve) => stdout.write("", () => resolve())),
    destroy: () => stdin.pause(),
  });
}

/** A TCP connection that has read nothing yet, made with `allowHalfOpen`. */
export function socketSide(socket: Socket, failureOf: StreamSideOptions["failureOf"]): Side {
  socket.setNoDelay(); // or a keystroke waits until the one before it is acknowledged
  const finish = () =>
    new Promise<void>((resolve) => {
      if (socket.destroyed) return resolve();
      let patience: NodeJS.Timeout | undefined;
      socket.once("close", () => {
        clearTimeout(patience);
        resolve();
      });
      socket.once("finish", () => {
        patience = setTimeout(() => socket.destroy(), closeTimeout);
      });
      socket.setTimeout(stalledAfter, () => socket.destroy());
      // A close with bytes unread would take back, by a reset, what is still on its way out.
      socket.resume().end();
    });
  return new StreamSide({ input: socket, output: socket, failureOf, finish, destroy: () => socket.destroy() });
}
