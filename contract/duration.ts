/** A length of time for people, in the form that the command line takes: `8h`, `1h30m`, `2m5s`, `0s`. */
export function showDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "m"],
    [whole % 60, "s"],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join("") || "0s"
  );
}

/** What `readDuration` takes, for somebody who wrote something else. */
export const durationHint = "Write 30m, 1h or 1h 30m.";

const secondsOf = { d: 86_400, h: 3600, m: 60 } as const;

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
