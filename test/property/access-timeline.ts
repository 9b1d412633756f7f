import { type AccessEvent, eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { stepOf } from "./access-rules.ts";
import type { Happening } from "./history-journal.ts";
import type { AccessTarget } from "./history-ports.ts";
import { isEqual, must, mustEqual } from "./must.ts";
import type { Call, Performed } from "./perform-history.ts";

type Written = Extract<Happening, { what: "wrote" }>;

/** What the model says of an access target from one write until the next. */
export interface Moment {
  /** The write, in the journal. */
  readonly from: number;
  readonly newest: model.Request | undefined;
  /** The events of its last write. */
  readonly written: readonly AccessEvent[];
  /** Every request that there has been, as it is. */
  readonly all: ReadonlyMap<string, model.Request>;
  /** As noted on each of them. */
  readonly pushBy: ReadonlyMap<string, string>;
}

export interface Timeline {
  readonly accessTarget: AccessTarget;
  readonly moments: readonly [Moment, ...Moment[]];
}

const beginning: Moment = { from: -1, newest: undefined, written: [], all: new Map(), pushBy: new Map() };

/** An access target of which nobody can ask for anything. */
export const emptyTimeline = (accessTarget: AccessTarget): Timeline => ({ accessTarget, moments: [beginning] });

export const lastOf = ({ moments }: Timeline): Moment => moments.at(-1) ?? moments[0];

/**
 * Goes through all that was written of an access target, in the order of the writes.
 *
 * @throws Error where a write is no step of the model, made at a moment within its operation.
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
    must(call !== undefined, "Nobody wrote this", happening);
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
    mustTouch(newest, call, String(pushBy), noted);
    mustEqual({ stored, events }, { stored: model.itemOf(newest), events: before.written }, "A touch changes more");
    return { ...before, pushBy: new Map(before.pushBy).set(newest.id, String(pushBy)) };
  }
  mustEqual(pushBy, noted, "A write forgets what a touch has noted");
  if (newest && stored["id"] === newest.id && isEqual(events, before.written)) {
    must(call.operation.does !== "wait" && call.operation.fault !== undefined, "A write is made again", call);
    mustEqual(stored, model.itemOf(newest), "A write that is made again changes something");
    return before;
  }
  const at = Date.parse(events[0]?.time ?? "");
  must(at >= call.startedAt && at <= now, "A write bears a time outside of its operation", { at, now, call });
  const made = stepOf(accessTarget, call.operation, newest, String(stored["id"]), at);
  must(typeof made !== "string", `A write that the model refuses: ${String(made)}`, { call, newest, item });
  mustEqual(stored, model.itemOf(made), "A write that is not the model's");
  mustTell(events, newest, made, call.operation, at);
  return { ...before, newest: made, written: events, all: new Map(before.all).set(made.id, made) };
}

/** A request is touched while it is active, by its subject, never for longer than it lasts or to an earlier `pushBy`. */
function mustTouch(newest: model.Request, { operation }: Call, pushBy: string, noted = ""): void {
  const by = "who" in operation ? people[operation.who].id : undefined;
  must(by === newest.subject, "Somebody else than its subject touches a request", newest);
  must(newest.status === "active", "A request is touched that is not active", newest);
  must(pushBy >= noted, "A request is touched with an earlier pushBy", { pushBy, noted });
  must(Date.parse(pushBy) <= (newest.expiresAt ?? 0), "A request is touched for longer than it lasts", newest);
}

/** The events are those of the step, numbered on from what was before. */
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
    "A write whose events are not the model's",
  );
}

/** What has ended is kept as it was, but for the events, which are the original's. */
function checkCopy({ newest, pushBy: noted }: Moment, { key, item }: Written): void {
  const { pk: _pk, sk: _sk, pushBy, ...stored } = item;
  must(newest !== undefined && key.sk === `ended#${newest.id}`, "A copy is not of the newest", key);
  must(newest.status !== "pending" && newest.status !== "active", "An open request is put aside", newest);
  mustEqual(stored, model.itemOf(newest), "A copy is not its original");
  mustEqual(pushBy, noted.get(newest.id), "A copy has another pushBy");
}
