import type { Side, SideEnd } from "./side.ts";

/**
 * Joins two sides until either ends: the other then ends as well, after all that was sent to it. While one takes no
 * more, the other is not read.
 *
 * @param signal ends both at once.
 * @returns how the first one ended.
 * @throws Failure if the tunnel did not end cleanly; the signal's reason.
 */
export async function bridge(near: Side, far: Side, signal: AbortSignal): Promise<SideEnd> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    const { end, other } = await Promise.race([firstEnd(near, far), aborted]);
    await Promise.race([other.finish(), aborted]);
    if (end.failure) throw end.failure;
    return end;
  } finally {
    signal.removeEventListener("abort", abort);
    near.destroy();
    far.destroy();
  }
}

function firstEnd(near: Side, far: Side): Promise<{ readonly end: SideEnd; readonly other: Side }> {
  return new Promise((resolve) => {
    const start = (side: Side, other: Side) =>
      side.start({
        onBytes: (bytes) => {
          if (!other.send(bytes)) side.pause();
        },
        onDrain: () => other.resume(),
        onEnd: (end) => resolve({ end, other }),
      });
    start(near, far);
    start(far, near);
  });
}
