/** What the form offers, in the form that `readDuration` takes. */
export const usualDurations = ["30m", "1h", "4h", "8h"] as const;
