import type { Failure } from "../terminal/failure.ts";

/** Milliseconds that a peer has to say goodbye in its turn. */
export const closeTimeout = 1000;
/** Milliseconds in which some of what waits must be sent, once the other side has ended. */
export const stalledAfter = 5000;

/** One side of a bridge: what bytes come from, and go to. */
export interface Side {
  /** Begins to tell what happens. Until then nothing is read. */
  start(events: SideEvents): void;
  /** Takes bytes. @returns whether more may come at once: where not, `onDrain` tells when. */
  send(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** Ends after all that was sent, and resolves when that has gone out. What still comes in is dropped. */
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

/** The same side, whose incoming bytes are shown to another first. */
export function tapped(side: Side, tap: (bytes: Buffer) => void): Side {
  return {
    start: (events) =>
      side.start({
        onBytes: (bytes) => {
          tap(bytes);
          events.onBytes(bytes);
        },
        onDrain: () => events.onDrain(),
        onEnd: (end) => events.onEnd(end),
      }),
    send: (bytes) => side.send(bytes),
    pause: () => side.pause(),
    resume: () => side.resume(),
    finish: () => side.finish(),
    destroy: () => side.destroy(),
  };
}

/** How a side ended by itself. */
export interface SideEnd {
  /** Left out: it said goodbye. */
  readonly failure?: Failure | undefined;
  /** What it said at a clean end, if anything: safe to show. */
  readonly reason?: string | undefined;
}
