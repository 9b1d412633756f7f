interface Interval {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Joins intervals that overlap: what is left stands in a row. */
export function wavesOf(intervals: readonly Interval[]): Interval[] {
  const waves: Interval[] = [];
  for (const interval of [...intervals].sort((a, b) => a.startedAt - b.startedAt)) {
    const last = waves.at(-1);
    if (last && interval.startedAt < last.endedAt) {
      waves[waves.length - 1] = { startedAt: last.startedAt, endedAt: Math.max(last.endedAt, interval.endedAt) };
    } else {
      waves.push(interval);
    }
  }
  return waves;
}
