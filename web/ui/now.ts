import { signal } from "@preact/signals";

/** The time, once a second: what counts down reads it. */
export const now = signal(new Date());

/** Starts the clock. @returns what stops it */
export function startClock(clock: () => Date = () => new Date()): () => void {
  const tick = () => {
    now.value = clock();
  };
  tick();
  const timer = setInterval(tick, 1000);
  // A page in the background, or a machine that slept, has a late clock.
  document.addEventListener("visibilitychange", tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  };
}
