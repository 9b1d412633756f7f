import type { EventType } from "../../contract/audit-event.ts";

/** A CloudEvent 1.0: what the table's stream hands to the trail. */
export interface TrailEvent {
  readonly specversion: "1.0";
  /** `<item's id>.<sequence>`: the same however often it is delivered. */
  readonly id: string;
  readonly source: "latchkey";
  readonly type: `latchkey.${EventType}`;
  /** `access-requests/<id>`, `connections/<id>` or `instances/<id>`. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly sequence: number };
}

/** What makes an event, beside what it tells. */
export interface EventOf {
  readonly collection: "access-requests" | "connections" | "instances";
  /** Of the item that it is an event of. */
  readonly id: string;
  /** Counts that item's events from 1, without gaps. */
  readonly sequence: number;
  readonly type: EventType;
  readonly at: Date;
}

/** @param facts as JSON will have them: times become text, what is undefined is left out. */
export function trailEvent({ collection, id, sequence, type, at }: EventOf, facts: object): TrailEvent {
  return {
    specversion: "1.0",
    id: `${id}.${sequence}`,
    source: "latchkey",
    type: `latchkey.${type}`,
    subject: `${collection}/${id}`,
    time: at.toISOString(),
    data: JSON.parse(JSON.stringify({ sequence, ...facts })),
  };
}
