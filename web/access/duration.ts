const secondsOf = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** What the form offers, in the form that `readDuration` takes. */
export const usualDurations = ["30m", "1h", "4h", "8h"] as const;

/** What `readDuration` takes, for somebody who wrote something else. */
export const durationHint = "Write 30m, 1h or 1h 30m.";

/**
 * Reads a length of time as people write it: `30m`, `1h`, `1h30m`, `2 hours`, `1 h 30 min`. How long it may be is the API's and
 * policy's to say.
 *
 * @returns seconds; undefined for anything else. A number without a unit could be minutes or hours.
 */
export function readDuration(text: string): number | undefined {
  const parts =
    /^(?:([0-9]{1,3}) ?d(?:ays?)?)? ?(?:([0-9]{1,3}) ?h(?:ours?)?)? ?(?:([0-9]{1,5}) ?m(?:in(?:utes?)?)?)? ?(?:([0-9]{1,6}) ?s(?:ec(?:onds?)?)?)?$/i.exec(
      text.trim().replace(/\s+/g, " "),
    );
  if (parts === null) return undefined;
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = parts;
  const total =
    Number(days) * secondsOf.d + Number(hours) * secondsOf.h + Number(minutes) * secondsOf.m + Number(seconds);
  return total > 0 ? total : undefined;
}
