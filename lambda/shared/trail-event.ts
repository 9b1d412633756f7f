import type { EventType } from "../../contract/audit-event.ts";

/** A CloudEvent 1.0. */
export interface TrailEvent {
  readonly specversion: "1.0";
  /** `<item's id>-<sequence>`: the same however often the event is delivered. */
  readonly id: string;
  /** `latchkey` in the item that makes the event; the trail has `latchkey/<stack's name>`. */
  readonly source: string;
  readonly type: `latchkey.${EventType}`;
  /**
   * `access-requests/<id>`, `connections/<id>`, `denials/<id>`, `callers/<id>`, `chat-links/<chat>/<workspace>/<user>` or
   * `instances/<account>/<region>/<id>`.
   */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly sequence: number };
}

/** What identifies an event. */
export interface EventOf {
  readonly collection: "access-requests" | "connections" | "denials" | "callers" | "chat-links" | "instances";
  /** Of the item: `<account>/<region>/<id>` for an instance, `<chat>/<workspace>/<user>` for a link. */
  readonly id: string;
  /** Counts the item's events from 1, without gaps. */
  readonly sequence: number;
  readonly type: EventType;
  readonly at: Date;
}

/** An id of ours ends with a group of fixed length, so no two pairs of id and number give the same text. */
export const eventIdOf = (id: string, sequence: number): string => `${id.replaceAll("/", "_")}-${sequence}`;

/** @param facts are stored as JSON: times become text, and undefined fields are left out. */
export function trailEvent({ collection, id, sequence, type, at }: EventOf, facts: object): TrailEvent {
  return {
    specversion: "1.0",
    id: eventIdOf(id, sequence),
    source: "latchkey",
    type: `latchkey.${type}`,
    subject: `${collection}/${id}`,
    time: at.toISOString(),
    data: JSON.parse(JSON.stringify({ sequence, ...facts })),
  };
}
