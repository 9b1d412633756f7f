import type { Item } from "../support/attended-table.ts";

/** The fields of an event that the checks read. */
export interface AccessEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events that an item's last write made. */
export const eventsOf = (item: Item): readonly AccessEvent[] => (item["events"] ?? []) as readonly AccessEvent[];
