export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** Whole seconds since 1970, as in policies and in DynamoDB's TTL. */
export function epochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** The time rounded down to whole seconds. */
export function wholeSeconds(moment: Date): Date {
  return new Date(epochSeconds(moment) * 1000);
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
