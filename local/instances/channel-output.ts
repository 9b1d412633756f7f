import type { Readable, Writable } from "node:stream";
import type { ServerChannel } from "ssh2";

/**
 * Relays streams to a client, each chunk once the client's window has room, and resolves when they have ended. If the client goes
 * away first it does not resolve, and the caller must destroy the streams.
 *
 * @param ways pairs of a source and its target: the channel, or its `stderr`
 */
export async function sendOutput(channel: ServerChannel, ways: readonly [Readable, Writable][]): Promise<void> {
  let sent = Promise.resolve();
  async function forward(from: Readable, to: Writable): Promise<void> {
    for await (const chunk of from) {
      sent = sent.then(() => write(chunk, channel, to));
      await sent;
    }
  }
  // A stream that is destroyed ends in an error; there is nobody to tell.
  await Promise.allSettled(ways.map(([from, to]) => forward(from, to)));
}

/**
 * Writes one chunk, and resolves when the client's window has taken it; never, if the client goes away first.
 *
 * ssh2 1.17 mixes up what stdout and stderr have waiting for that window, which they share: if both wait, it forgets one, and
 * what has been sent stays in the way of the other. So only one is written at a time, and what has been sent is removed.
 */
function write(chunk: Buffer, channel: ServerChannel, to: Writable): Promise<void> {
  return new Promise((resolve) => {
    to.write(chunk, () => {
      Object.assign(channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
      resolve();
    });
  });
}
