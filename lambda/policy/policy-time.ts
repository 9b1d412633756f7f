import { epochSeconds } from "../shared/time.ts";

export interface PolicyTime {
  /** Seconds since 1970. */
  readonly epoch: number;
  /** 0–23. */
  readonly hour: number;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Converts a time to what policies see: hour and weekday in one IANA time zone. */
export function policyClock(timeZone: string): (moment: Date) => PolicyTime {
  // Without Intl, which takes a cold start 10 ms.
  if (timeZone === "UTC")
    return (moment) => ({
      epoch: epochSeconds(moment),
      hour: Number(moment.toISOString().slice(11, 13)), // which throws for an invalid date, as Intl does
      weekday: moment.getUTCDay() || weekdays.length,
    });
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", weekday: "short", hourCycle: "h23" });
  return (moment) => {
    const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
    return {
      epoch: epochSeconds(moment),
      hour: Number(parts["hour"]),
      weekday: weekdays.indexOf(parts["weekday"] ?? "") + 1,
    };
  };
}
