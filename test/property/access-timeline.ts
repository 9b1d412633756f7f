import type { AccessTarget } from "../../lambda/access/access-request.ts";
import { type AccessEvent, eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { type State, stepOf } from "./access-rules.ts";
import type { Happening } from "./history-journal.ts";

import { isEqual, must, mustEqual } from "./must.ts";
import type { Call, Performed } from "./perform-history.ts";

type Written = Extract<Happening, { what: "wrote" }>;

/** The state of an access target in the model, from one write until the next. */
export interface Moment extends State {
  /** Index of the write in the journal. */
  readonly from: number;
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

const beginning: Moment = {
  from: -1,
  newest: undefined,
  suspensions: new Map(),
  written: [],
  all: new Map(),
  pushBy: new Map(),
};

export const lastOf = ({ moments }: Timeline): Moment => moments.at(-1) ?? moments[0];

/** The moments of a call. */
export function momentsOf({ journalBefore, journalAfter }: Call, { moments }: Timeline): readonly Moment[] {
  return moments.filter(({ from }, index) => {
    const until = moments[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return from < journalAfter && until >= journalBefore;
  });
}

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
    if (happening.what !== "wrote") continue;
    if (happening.key.pk.startsWith("suspension#")) {
      const latest = moments.at(-1) ?? beginning;
      moments.push({ ...latest, suspensions: afterSuspension(latest.suspensions, happening), from: index });
    }
    if (happening.key.pk !== `access#${accessTargetId}`) continue;
    const call = calls[happening.operation];
    must(call !== undefined, "No operation made this write", happening);
    const before = moments.at(-1) ?? beginning;
    if (happening.key.sk === "current")
      moments.push({ ...next(accessTarget, { before, seen: seenBy(call, moments) }, call, happening), from: index });
    else checkCopy(before, happening);
  }
  return { accessTarget, moments };
}

function afterSuspension(suspensions: model.Suspensions, { key, item }: Written): model.Suspensions {
  const changed = { isSuspended: item["isSuspended"] === true, changedAt: Date.parse(String(item["changedAt"])) };
  return new Map(suspensions).set(key.pk.slice("suspension#".length), changed);
}

/** The suspensions that a call may have read until now. */
function seenBy(call: Call, moments: readonly Moment[]): readonly model.Suspensions[] {
  const first = moments.findLastIndex(({ from }) => from < call.journalBefore);
  return [...new Set(moments.slice(Math.max(0, first)).map(({ suspensions }) => suspensions))];
}

/** @param given the state before the write, and the suspensions that it may have been decided on. */
function next(
  accessTarget: AccessTarget,
  { before, seen }: { readonly before: Moment; readonly seen: readonly model.Suspensions[] },
  call: Call,
  { item, now }: Written,
): Moment {
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
    must("fault" in call.operation && call.operation.fault !== undefined, "A write was repeated", call);
    mustEqual(
      { pushBy, stored },
      { pushBy: noted, stored: model.itemOf(newest) },
      "A repeated write changes something",
    );
    return before;
  }
  const at = Date.parse(events[0]?.time ?? "");
  must(at >= call.startedAt && at <= now, "The time of a write is outside its operation", { at, now, call });
  const steps = seen.map((suspensions) => {
    const step = stepOf(accessTarget, call.operation, { newest, suspensions }, String(stored["id"]), at);
    return typeof step === "string" ? step : withExtensionId(step, stored["extension"]);
  });
  const possible = steps.filter((step) => typeof step !== "string");
  const made = possible.find((step) => isEqual(stored, model.itemOf(step))) ?? possible[0];
  must(made !== undefined, `The model rejects this write: ${String(steps)}`, { call, newest, item });
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

/** The code chooses the ids of extensions. */
function withExtensionId(made: model.Request, stored: unknown): model.Request {
  const { id } = { id: "", ...(stored as object | undefined) };
  return made.extension?.id === "" ? { ...made, extension: { ...made.extension, id } } : made;
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
  const isByTime = made.status === "expired" || made.isEndedBySuspension;
  const actor = isByTime || !("who" in operation) ? "latchkey" : people[operation.who].id;
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
