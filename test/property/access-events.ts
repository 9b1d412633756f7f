import type { Item } from "../support/attended-table.ts";

/** What is looked at of an event. */
export interface AccessEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events that an item's last write made. */
export const eventsOf = (item: Item): readonly AccessEvent[] => (item["events"] ?? []) as readonly AccessEvent[];
