import type { TrailEvent } from "../../shared/trail-event.ts";

/** The names that an expression uses, each as `#<name>`. Some are reserved in expressions: so none is used as it is. */
export function named(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`#${name}`, name]));
}

/**
 * Whether an item bears the very write that asks this, told by the first of its events. Each condition takes that too: the SDK
 * sends a write again when its answer was lost, and the second must not fail because the first was applied. An event's id
 * alone does not tell it: two writers that follow the same state give their events the same one.
 */
export const isTheSame = [
  "#events[0].#id = :eventId",
  "#events[0].#type = :eventType",
  "#events[0].#time = :eventTime",
  "#events[0].#data.#requestId = :requestId",
].join(" AND ");

/** The names that `isTheSame` uses. */
export const sameNames = named("events", "id", "type", "time", "data", "requestId");

/** The values that `isTheSame` uses: of the write's first event. */
export const sameValues = ({ id, type, time, data }: TrailEvent) => ({
  ":eventId": id,
  ":eventType": type,
  ":eventTime": time,
  ":requestId": data["requestId"],
});
