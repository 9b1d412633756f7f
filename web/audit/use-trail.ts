import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import type { AuditEventPage } from "../../sdk/types.ts";
import { now } from "../ui/now.ts";
import { type EventFilter, eventFilter, type Filters } from "./filters.ts";
import { readEvents } from "./read-events.ts";
import { noTrail, type Trail, withNewer, withOlder } from "./trail.ts";

/** Events of one step of the list. */
const pageSize = 50;

export interface LoadedTrail {
  readonly trail: Trail;
  readonly isLoading: boolean;
  readonly error?: unknown;
}

/** One reading of the trail: its periods are the same for all pages, because a cursor is for the same query. */
export interface TrailReading {
  readonly filter: EventFilter;
  readonly startedAt: Date;
  readonly signal: AbortSignal;
}

/**
 * The events that filters select.
 *
 * @returns them; how to read older ones, or again what failed; how to add what has happened since.
 */
export function useTrail(filters: Filters) {
  const key = JSON.stringify(filters);
  const loaded = useSignal<LoadedTrail>({ trail: noTrail, isLoading: true });
  const reading = useRef<TrailReading>(undefined);

  const readOn = useCallback(async () => {
    if (reading.current === undefined) return;
    const { filter, signal } = reading.current;
    const { trail } = loaded.peek();
    loaded.value = { trail, isLoading: true };
    const isEnough = ({ length }: readonly unknown[]) => length > 0;
    try {
      const page = await readEvents(filter, { cursor: trail.nextCursor, limit: pageSize, isEnough }, signal);
      if (!signal.aborted) loaded.value = { trail: withOlder(loaded.peek().trail, page), isLoading: false };
    } catch (error) {
      if (!signal.aborted) loaded.value = { trail: loaded.peek().trail, error, isLoading: false };
    }
  }, [loaded]);

  useEffect(() => {
    const control = new AbortController();
    const startedAt = now.peek();
    reading.current = { filter: eventFilter(filters, startedAt), startedAt, signal: control.signal };
    loaded.value = { trail: noTrail, isLoading: true };
    void readOn();
    return () => control.abort();
  }, [key]);

  const addNewer = useCallback(
    ({ items, incomplete }: AuditEventPage) => {
      loaded.value = { ...loaded.peek(), trail: withNewer(loaded.peek().trail, items, incomplete) };
    },
    [loaded],
  );

  return { loaded: loaded.value, reading, readOn, addNewer };
}
