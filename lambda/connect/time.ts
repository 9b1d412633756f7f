/** Seconds that a pushed key stays in instance metadata. */
const keyLife = 60;

/** When a key ends that an attempt begun at `startedAt` has pushed: never later than AWS ends it. */
export function keyExpiry(startedAt: Date): Date {
  return secondsAfter(startedAt, keyLife);
}

export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

export function wholeSeconds(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000);
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
