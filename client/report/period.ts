/** From a moment on, before another: both ISO 8601 to the millisecond, so that they compare as text. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** When access was there. What is left out is not known: the event that says it is missing. */
export interface Span {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Whether a span has any moment of a period, or may have one. */
export function overlaps({ from = "", until }: Span, period: Period): boolean {
  if (from !== "" && from === until) return isIn(from, period);
  return from < period.to && (until === undefined || until > period.from);
}

export const isIn = (time: string, { from, to }: Period) => from <= time && time < to;
