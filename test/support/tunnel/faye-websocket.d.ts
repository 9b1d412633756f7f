declare module "faye-websocket" {
  import { EventEmitter } from "node:events";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export interface CloseEvent {
    readonly code: number;
    readonly reason: string;
  }

  /** A stream of messages: `data` events, `write`. */
  export default class WebSocket extends EventEmitter {
    static isWebSocket(request: IncomingMessage): boolean;
    constructor(request: IncomingMessage, socket: Duplex, head: Buffer);
    onopen: () => void;
    onclose: (event: CloseEvent) => void;
    /** @returns false where the socket takes no more until `drain`. */
    send(message: Buffer | string): boolean;
    ping(message: string, onPong: () => void): boolean;
    close(code?: number, reason?: string): void;
    pause(): void;
    resume(): void;
  }
}
