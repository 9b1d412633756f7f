import { secondsAfter } from "../shared/time.ts";

/** Seconds that a pushed key stays in instance metadata. */
const keyLife = 60;

/** When a key ends that an attempt begun at `startedAt` has pushed: never later than AWS ends it. */
export function keyExpiry(startedAt: Date): Date {
  return secondsAfter(startedAt, keyLife);
}
