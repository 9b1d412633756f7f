interface Interval {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Merges overlapping intervals: each remaining one is a round trip. */
export function roundTripsOf(intervals: readonly Interval[]): Interval[] {
  const roundTrips: Interval[] = [];
  for (const interval of [...intervals].sort((a, b) => a.startedAt - b.startedAt)) {
    const last = roundTrips.at(-1);
    if (last && interval.startedAt < last.endedAt) {
      roundTrips[roundTrips.length - 1] = {
        startedAt: last.startedAt,
        endedAt: Math.max(last.endedAt, interval.endedAt),
      };
    } else {
      roundTrips.push(interval);
    }
  }
  return roundTrips;
}
