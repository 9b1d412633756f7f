interface Bounds {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Does something that has to be done within a time. No timer and no listener is left of it.
 *
 * @param work gets a signal that says to give up: the time is over, or the signal of the bounds has said so. It aborts at no other time.
 * @throws what the work throws; the signal's reason.
 */
export async function withDeadline<T>(
  { signal, timeout }: Bounds,
  work: (giveUp: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = setTimeout(abort, timeout);
  signal.addEventListener("abort", abort);
  try {
    return await work(giveUp.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
