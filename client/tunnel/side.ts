import type { Failure } from "../terminal/failure.ts";

/** Milliseconds that a peer has to say goodbye in its turn. */
export const closeTimeout = 1000;
/** Milliseconds in which something of what waits has to go out, once all is over on the other side. */
export const stalledAfter = 5000;

/** One side of a bridge: what bytes come from, and go to. */
export interface Side {
  /** Begins to tell what happens. Until then nothing is read. */
  start(events: SideEvents): void;
  /** Takes bytes. @returns whether more may come at once: where not, `onDrain` tells when. */
  send(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** Ends after all that was sent, and resolves when it has gone out. Whatever still comes in is let go. */
  finish(): Promise<void>;
  /** Ends at once, and lets go of everything: no event comes any more. */
  destroy(): void;
}

export interface SideEvents {
  onBytes(bytes: Buffer): void;
  onDrain(): void;
  /** Nothing more comes. Told once. */
  onEnd(end: SideEnd): void;
}

/** How a side ended by itself. */
export interface SideEnd {
  /** Left out: it said goodbye. */
  readonly failure?: Failure | undefined;
  /** What it said at a good end, where it said something: fit to be shown. */
  readonly reason?: string | undefined;
}
