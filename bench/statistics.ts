/** Fewer processes mean nothing: two starts of the same bundle differ by tens of percent. */
export const minRuns = 15;

/** A median and its quartiles, which enclose half of all values. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws Error for fewer than 15 values, or for NaN. */
export function summarize(values: readonly number[]): Summary {
  if (values.length < minRuns) throw new Error(`${values.length} runs are too few: ${minRuns} at least`);
  if (!values.every(Number.isFinite)) throw new Error("A measurement is missing");
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Of sorted values. Interpolates between two neighbors. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position % 1);
}
