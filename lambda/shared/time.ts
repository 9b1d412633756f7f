export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** Whole seconds since 1970: as policies see a moment, and as DynamoDB's time to live counts. */
export function epochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** The moment without its fractions of a second: never later. */
export function wholeSeconds(moment: Date): Date {
  return new Date(epochSeconds(moment) * 1000);
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
