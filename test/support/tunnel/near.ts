import { PassThrough } from "node:stream";
import { bridge } from "../../../client/tunnel/bridge.ts";
import type { Side, SideEnd } from "../../../client/tunnel/side.ts";
import { stdioSide } from "../../../client/tunnel/stream-side.ts";

/** A program that a tunnel is bridged for, and its pipes. */
export interface Near {
  /** What it writes to. */
  readonly stdin: PassThrough;
  /** What it reads from. */
  readonly stdout: PassThrough;
  /** All that it has read. */
  readonly read: Buffer[];
  /** Resolves when it has read so many bytes. */
  bytesRead(count: number): Promise<void>;
  /** Rejects where the end was no good one. */
  readonly ended: Promise<SideEnd>;
}

/** Joins a far side to a program that reads all there is, unless it is paused. */
export function bridgeTo(far: Side, signal: AbortSignal = new AbortController().signal): Near {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const read: Buffer[] = [];
  let total = 0;
  const waiting = new Set<() => void>();
  stdout.on("data", (bytes: Buffer) => {
    read.push(bytes);
    total += bytes.length;
    for (const look of waiting) look();
  });
  const ended = bridge(stdioSide({ stdin, stdout }), far, signal);
  ended.catch(() => {}); // a test asks for it when it is time
  return {
    stdin,
    stdout,
    read,
    ended,
    bytesRead: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (total < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
