import type { AccessTarget } from "../../lambda/access/access-request.ts";
import { type AccessEvent, eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { stepOf } from "./access-rules.ts";
import type { Happening } from "./history-journal.ts";

import { isEqual, must, mustEqual } from "./must.ts";
import type { Call, Performed } from "./perform-history.ts";

type Written = Extract<Happening, { what: "wrote" }>;

/** The state of an access target in the model, from one write until the next. */
export interface Moment {
  /** Index of the write in the journal. */
  readonly from: number;
  readonly newest: model.Request | undefined;
  /** The events of its last write. */
  readonly written: readonly AccessEvent[];
  /** Every request so far, in its current state. */
  readonly all: ReadonlyMap<string, model.Request>;
  /** The `pushBy` that each of them notes. */
  readonly pushBy: ReadonlyMap<string, string>;
}

export interface Timeline {
  readonly accessTarget: AccessTarget;
  readonly moments: readonly [Moment, ...Moment[]];
}

const beginning: Moment = { from: -1, newest: undefined, written: [], all: new Map(), pushBy: new Map() };

/** An access target without requests. */
export const emptyTimeline = (accessTarget: AccessTarget): Timeline => ({ accessTarget, moments: [beginning] });

export const lastOf = ({ moments }: Timeline): Moment => moments.at(-1) ?? moments[0];

/**
 * Replays all writes to an access target in their order.
 *
 * @throws Error if a write is not a step of the model at a moment within its operation.
 */
export function timelineOf(
  { calls, journal }: Performed,
  accessTarget: AccessTarget,
  accessTargetId: string,
): Timeline {
  const moments: [Moment, ...Moment[]] = [beginning];
  for (const [index, happening] of journal.entries()) {
    if (happening.what !== "wrote" || happening.key.pk !== `access#${accessTargetId}`) continue;
    const call = calls[happening.operation];
    must(call !== undefined, "No operation made this write", happening);
    const before = moments.at(-1) ?? beginning;
    if (happening.key.sk === "current") moments.push({ ...next(accessTarget, before, call, happening), from: index });
    else checkCopy(before, happening);
  }
  return { accessTarget, moments };
}

function next(accessTarget: AccessTarget, before: Moment, call: Call, { item, now }: Written): Moment {
  const { newest } = before;
  const { pk: _pk, sk: _sk, events: _events, pushBy, ...stored } = item;
  const events = eventsOf(item);
  const noted = newest && stored["id"] === newest.id ? before.pushBy.get(newest.id) : undefined;

  if (newest && call.operation.does === "connect") {
    mustReserve(newest, call, String(pushBy), noted);
    mustEqual(
      { stored, events },
      { stored: model.itemOf(newest), events: before.written },
      "A reservation changes more than pushBy",
    );
    return { ...before, pushBy: new Map(before.pushBy).set(newest.id, String(pushBy)) };
  }
  if (newest && stored["id"] === newest.id && isEqual(events, before.written)) {
    must(call.operation.does !== "wait" && call.operation.fault !== undefined, "A write was repeated", call);
    mustEqual(
      { pushBy, stored },
      { pushBy: noted, stored: model.itemOf(newest) },
      "A repeated write changes something",
    );
    return before;
  }
  const at = Date.parse(events[0]?.time ?? "");
  must(at >= call.startedAt && at <= now, "The time of a write is outside its operation", { at, now, call });
  const made = stepOf(accessTarget, call.operation, newest, String(stored["id"]), at);
  must(typeof made !== "string", `The model rejects this write: ${String(made)}`, { call, newest, item });
  mustEqual(stored, model.itemOf(made), "The model does not make this write");
  mustTell(events, newest, made, call.operation, at);
  const hasEnded = made.endedAt !== undefined && newest?.id === made.id && newest.status === "active";
  mustEqual(pushBy, noted ?? (hasEnded ? stored["endedAt"] : undefined), "A write loses the pushBy of a reservation");
  return {
    ...before,
    newest: made,
    written: events,
    all: new Map(before.all).set(made.id, made),
    pushBy: typeof pushBy === "string" ? new Map(before.pushBy).set(made.id, pushBy) : before.pushBy,
  };
}

/** Only the subject reserves, while the request is active, never past its end and never with an earlier `pushBy`. */
function mustReserve(newest: model.Request, { operation }: Call, pushBy: string, noted = ""): void {
  const by = "who" in operation ? people[operation.who].id : undefined;
  must(by === newest.subject, "Somebody other than the subject made a reservation", newest);
  must(newest.status === "active", "A reservation of a request that is not active", newest);
  must(pushBy >= noted, "A reservation with an earlier pushBy", { pushBy, noted });
  must(Date.parse(pushBy) <= (newest.expiresAt ?? 0), "A reservation past the end of its request", newest);
}

/** The events are those of the step, and continue the sequence. */
function mustTell(
  events: readonly AccessEvent[],
  newest: model.Request | undefined,
  made: model.Request,
  operation: Operation,
  at: number,
): void {
  const isExpiry = made.status === "expired";
  const actor = isExpiry || !("who" in operation) ? "latchkey" : people[operation.who].id;
  const first = newest?.id === made.id ? newest.events.length : 0;
  mustEqual(
    events.map(({ id, type, time, data }) => [id, type, Date.parse(time), data["sequence"], data["actor"]]),
    made.events
      .slice(first)
      .map((type, index) => [`${made.id}-${first + index + 1}`, `latchkey.${type}`, at, first + index + 1, actor]),
    "The model does not emit these events",
  );
}

/** A copy of an ended request keeps every field. Its events are the original's. */
function checkCopy({ newest, pushBy: noted }: Moment, { key, item }: Written): void {
  const { pk: _pk, sk: _sk, pushBy, ...stored } = item;
  must(newest !== undefined && key.sk === `ended#${newest.id}`, "A copy is not of the newest request", key);
  must(newest.status !== "pending" && newest.status !== "active", "An open request was copied", newest);
  mustEqual(stored, model.itemOf(newest), "A copy differs from its original");
  mustEqual(pushBy, noted.get(newest.id), "A copy has another pushBy");
}
