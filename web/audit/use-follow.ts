import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { AuditEventPage } from "../../sdk/types.ts";
import { now } from "../ui/now.ts";
import { isOnline } from "../ui/online.ts";
import { readEvents } from "./read-events.ts";
import { lookFrom } from "./trail.ts";
import type { TrailReading } from "./use-trail.ts";

/** Milliseconds between two looks. */
const pause = 5000;

interface Following {
  readonly isOn: boolean;
  /** The reading that it goes on from: another one starts another following. */
  readonly reading: RefObject<TrailReading | undefined>;
  readonly key: string;
  readonly onFound: (page: AuditEventPage) => void;
}

/**
 * Looks for new events as long as the page is visible and online. After failures a look goes back to the last one that succeeded.
 *
 * @returns whether the last look failed.
 */
export function useFollow({ isOn, reading, key, onFound }: Following): boolean {
  const hasFailed = useSignal(false);
  useEffect(() => {
    const { current } = reading;
    if (!isOn || !current) return;
    const control = new AbortController();
    const { filter } = current;
    let lookedAt = current.startedAt;
    const look = async () => {
      if (document.visibilityState !== "visible" || !isOnline.peek()) return;
      const startedAt = now.peek();
      const page = await readEvents({ ...filter, from: lookFrom(lookedAt, filter.from) }, {}, control.signal);
      if (control.signal.aborted) return;
      onFound(page);
      hasFailed.value = false;
      lookedAt = startedAt;
    };
    let timer: ReturnType<typeof setTimeout>;
    const turn = async () => {
      await look().catch(() => {
        hasFailed.value = !control.signal.aborted;
      });
      if (!control.signal.aborted) timer = setTimeout(turn, pause);
    };
    void turn();
    return () => {
      control.abort();
      clearTimeout(timer);
      hasFailed.value = false;
    };
  }, [isOn, key]);
  return hasFailed.value;
}
