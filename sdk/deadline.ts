interface Bounds {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Does something within a time limit, and leaves neither timer nor listener behind.
 *
 * @param work gets a signal that aborts when the time is up or when the caller's signal does, and at no other time.
 * @throws what the work throws; the caller's signal's reason.
 */
export async function withDeadline<T>(
  { signal, timeout }: Bounds,
  work: (giveUp: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = setTimeout(abort, timeout);
  signal?.addEventListener("abort", abort);
  try {
    return await work(giveUp.signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
