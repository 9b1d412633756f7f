import { showDuration } from "./duration.ts";
import { now } from "./now.ts";

const sameDay = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const otherDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/**
 * A moment in the reader's own time zone; the exact one, in UTC, is its title.
 *
 * @param at ISO 8601
 * @param isExact with its day and second, always
 */
export function Time({ at, isExact = false }: { readonly at: string; readonly isExact?: boolean }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <bdi>{at || "unknown"}</bdi>;
  const format = isExact ? exact : date.toDateString() === now.value.toDateString() ? sameDay : otherDay;
  return (
    <time dateTime={at} title={at}>
      {format.format(date)}
    </time>
  );
}

/** What is left until a moment, counted each second. @param until ISO 8601 @param over what stands there afterwards */
export function Countdown({ until, over = "ended" }: { readonly until: string; readonly over?: string }) {
  const seconds = (new Date(until).getTime() - now.value.getTime()) / 1000;
  return (
    <time class="countdown" dateTime={until} title={until}>
      {seconds > 0 ? showDuration(seconds) : over}
    </time>
  );
}
