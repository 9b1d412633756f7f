import type { RawData, WebSocket } from "ws";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { type Side, type SideEnd, type SideEvents, stalledAfter } from "./side.ts";

/** Bytes: an Instance Connect Endpoint takes no longer frame. */
export const longestFrame = 65_000;
/** Bytes that wait to be sent before no more are read: some frames, so that the network never waits for this process. */
export const enoughWaiting = 4 * longestFrame;

/** RFC 6455, 7.4.1. 1005 and 1006 never go over the wire: no code was given, and no close frame came. */
const closeCodes = { normal: 1000, unsupportedData: 1003, none: 1005, abnormal: 1006 };

/** The side of a bridge that is a WebSocket, open and paused, of BINARY frames. */
export class WebSocketSide implements Side {
  readonly #webSocket: WebSocket;
  #events: SideEvents | undefined;
  /** What went wrong before the WebSocket closed. */
  #fault: Failure | undefined;
  /** Whether the other side has been told to wait. */
  #isFull = false;
  #isFinishing = false;
  #onProgress = () => {};

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  start(events: SideEvents): void {
    this.#events = events;
    this.#webSocket.on("message", this.#onMessage).on("error", this.#onError).on("close", this.#onClose);
    if (this.#webSocket.readyState === this.#webSocket.CLOSED) this.#onClose(closeCodes.abnormal, Buffer.alloc(0));
    this.#webSocket.resume();
  }

  send(bytes: Buffer): boolean {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return true; // its end is on the way
    for (const frame of frames(bytes)) this.#webSocket.send(frame, this.#onSent);
    this.#isFull = this.#webSocket.bufferedAmount > enoughWaiting;
    return !this.#isFull;
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  async finish(): Promise<void> {
    const webSocket = this.#webSocket;
    this.#isFinishing = true;
    // The far side's close frame comes after everything that it has sent.
    webSocket.resume();
    if (webSocket.readyState === webSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => webSocket.terminate(), stalledAfter);
      this.#onProgress = () => {
        stalled.refresh();
        if (webSocket.bufferedAmount === 0) webSocket.close(closeCodes.normal);
      };
      webSocket.once("close", () => {
        clearTimeout(stalled);
        resolve();
      });
      this.#onProgress();
    });
  }

  destroy(): void {
    this.#webSocket.off("message", this.#onMessage).off("close", this.#onClose);
    this.#webSocket.terminate();
  }

  readonly #onSent = (): void => {
    this.#onProgress();
    if (!this.#isFull || this.#webSocket.bufferedAmount > enoughWaiting / 2) return;
    this.#isFull = false;
    this.#events?.onDrain();
  };

  readonly #onMessage = (data: RawData, isBinary: boolean): void => {
    if (this.#isFinishing || this.#fault) return;
    if (isBinary && Buffer.isBuffer(data)) {
      this.#events?.onBytes(data);
      return;
    }
    this.#fault = farFault("sent text, but a tunnel transfers bytes only");
    this.#webSocket.close(closeCodes.unsupportedData, "Only binary frames are taken");
    this.#webSocket.resume();
  };

  /** Of the protocol: a connection that breaks off makes no error, but closes without a close frame. */
  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#fault ??= farFault(`does not keep to the WebSocket protocol (${visible(error.code ?? "no code")})`);
    this.#webSocket.resume();
  };

  readonly #onClose = (code: number, reason: Buffer): void => {
    this.#events?.onEnd(this.#fault ? { failure: this.#fault } : endOf(code, reason));
  };
}

/** What a WebSocket's close code and reason come to. */
function endOf(code: number, reasonBytes: Buffer): SideEnd {
  const reason = visible(reasonBytes.toString("utf8"));
  if (code === closeCodes.normal || code === closeCodes.none) return { reason: reason || undefined };
  if (code === closeCodes.abnormal) {
    return {
      failure: farFault("broke the tunnel off", "the network between may have failed, or the instance been stopped"),
    };
  }
  return { failure: farFault(`closed the tunnel: ${code}${reason && ` ${reason}`}`) };
}

function farFault(said: string, hint?: string): Failure {
  return new Failure(`the tunnel's far side ${said}`, { exitCode: exitCodes.unavailable, hint });
}

/** Cuts bytes into frames of like size: one byte too many must not cost a frame of its own. */
export function frames(bytes: Buffer): readonly Buffer[] {
  if (bytes.length <= longestFrame) return [bytes];
  const count = Math.ceil(bytes.length / longestFrame);
  // Multiples of 8, since what is aligned is masked faster. The longest frame is one too.
  const size = Math.ceil(bytes.length / count / 8) * 8;
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
