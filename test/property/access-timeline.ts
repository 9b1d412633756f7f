import { accessTargetIdIn } from "../../lambda/access/access-target.ts";
import { accessTargetIdUnder } from "../../lambda/aws/dynamodb/table-keys.ts";
import type { Item } from "../support/attended-table.ts";
import { type AccessEvent, eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { type State, stepOf } from "./access-rules.ts";
import { firstTeam, type Happening, beginning as start } from "./history-journal.ts";
import type { Target } from "./history-ports.ts";
import { isEqual, must, mustEqual } from "./must.ts";
import { type Call, lastSeen, type Performed, targetOf } from "./perform-history.ts";

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
  readonly accessTargetId: string;
  readonly moments: readonly [Moment, ...Moment[]];
}

const beginning: Moment = {
  from: -1,
  newest: undefined,
  suspensions: new Map(),
  people: new Map(lastSeen.map((id) => [id, { groups: people[id].groups, seenAt: start }])),
  team: firstTeam,
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
export function timelineOf({ calls, journal, accessTargets }: Performed, accessTargetId: string): Timeline {
  const moments: [Moment, ...Moment[]] = [beginning];
  for (const [index, happening] of journal.entries()) {
    const before = moments.at(-1) ?? beginning;
    if (happening.what === "tagged") moments.push({ ...before, team: happening.team, from: index });
    if (happening.what !== "wrote") continue;
    const { key } = happening;
    if (key.pk.startsWith("suspension#")) {
      moments.push({ ...before, suspensions: afterSuspension(before.suspensions, happening), from: index });
    }
    if (key.pk.startsWith("person#"))
      moments.push({ ...before, people: afterCall(before.people, happening), from: index });
    if (targetIdOf(happening) !== accessTargetId) continue;
    const call = calls[happening.operation];
    must(call !== undefined, "No operation made this write", happening);
    if (isEndedCopy(happening)) checkCopy(before, happening);
    else {
      const accessTarget = targetOf(call, accessTargets);
      must(accessTarget !== undefined, "An operation has no access target", call);
      moments.push({ ...next(accessTarget, { before, seen: seenBy(call, moments) }, call, happening), from: index });
    }
  }
  return { accessTargetId, moments };
}

const isEndedCopy = ({ key }: Written) => key.sk.startsWith("ended#");

/** The access target that a write is about, if it is about one. */
export function targetIdOf(happening: Happening): string | undefined {
  if (happening.what !== "wrote" || !happening.key.pk.startsWith("access#")) return undefined;
  const { key } = happening;
  return isEndedCopy(happening) ? accessTargetIdIn(key.sk.slice("ended#".length)) : accessTargetIdUnder(key);
}

function afterCall(seen: State["people"], { key, item }: Written): State["people"] {
  const { groups, seenAt } = item as { readonly groups: readonly string[]; readonly seenAt: string };
  return new Map(seen).set(key.pk.slice("person#".length), { groups, seenAt: Date.parse(seenAt) });
}

function afterSuspension(suspensions: model.Suspensions, { key, item }: Written): model.Suspensions {
  const changed = { isSuspended: item["isSuspended"] === true, changedAt: Date.parse(String(item["changedAt"])) };
  return new Map(suspensions).set(key.pk.slice("suspension#".length), changed);
}

/** What else a call may have read until now. */
type Seen = Pick<State, "suspensions" | "people" | "team">;

function seenBy(call: Call, moments: readonly Moment[]): readonly Seen[] {
  const first = moments.findLastIndex(({ from }) => from < call.journalBefore);
  return everySeen(moments.slice(Math.max(0, first)));
}

/** One after another, so that each may be of another moment. */
export function everySeen(moments: readonly Moment[]): readonly Seen[] {
  const [suspensions, seen, teams] = [
    new Set(moments.map((each) => each.suspensions)),
    new Set(moments.map((each) => each.people)),
    new Set(moments.map((each) => each.team)),
  ];
  return [...suspensions].flatMap((one) =>
    [...seen].flatMap((two) => [...teams].map((team) => ({ suspensions: one, people: two, team }))),
  );
}

/** @param given the state before the write, and what else it may have been decided on. */
function next(
  accessTarget: Target,
  { before, seen }: { readonly before: Moment; readonly seen: readonly Seen[] },
  call: Call,
  { item, now }: Written,
): Moment {
  const { newest } = before;
  const { pk: _pk, sk: _sk, events: _events, pushBy, ...rest } = item;
  const stored = withoutContexts(rest);
  const events = eventsOf(item);
  const { id: asked } = call;
  must(asked === undefined || asked === stored["id"], "An operation changed another request", { call, item });
  const noted = newest && stored["id"] === newest.id ? before.pushBy.get(newest.id) : undefined;

  if (newest && call.operation.does === "connect") {
    mustReserve(newest, call, now, String(pushBy), noted);
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
  const steps = seen.map((each) => {
    const step = stepOf(accessTarget, call.operation, { newest, ...each }, String(stored["id"]), at);
    return typeof step === "string" ? step : withExtensionId(step, stored["extension"]);
  });
  const possible = steps.filter((step) => typeof step !== "string");
  const made = possible.find((step) => isEqual(stored, model.itemOf(step))) ?? possible[0];
  must(made !== undefined, `The model rejects this write: ${String(steps)}`, { call, newest, item });
  mustEqual(stored, model.itemOf(made), "The model does not make this write");
  mustTell(events, newest, made, call.operation, at);
  const hasEnded = made.endedAt !== undefined && newest?.id === made.id && model.isGranted(newest);
  mustEqual(pushBy, noted ?? (hasEnded ? stored["endedAt"] : undefined), "A write loses the pushBy of a reservation");
  return {
    ...before,
    newest: made,
    written: events,
    all: new Map(before.all).set(made.id, made),
    pushBy: typeof pushBy === "string" ? new Map(before.pushBy).set(made.id, pushBy) : before.pushBy,
  };
}

/** Without the contexts of reviews, which the model does not know. */
export function withoutContexts<Stored extends object>(stored: Stored): Record<string, unknown> {
  const { reviews, extendedBy, extension, ...rest } = stored as Item;
  const bare = (given: unknown) =>
    (given as readonly Item[]).map(({ basis, ...review }) => {
      const { context: _, ...party } = { ...(basis as object | undefined), context: undefined };
      return { ...review, ...(basis !== undefined && { basis: party }) };
    });
  const { reviews: ofExtension, ...one } = { reviews: [], ...(extension as object | undefined) };
  return {
    ...rest,
    reviews: bare(reviews),
    ...(extendedBy !== undefined && { extendedBy: bare(extendedBy) }),
    ...(extension !== undefined && { extension: { ...one, reviews: bare(ofExtension) } }),
  };
}

/** The code chooses the ids of extensions. */
function withExtensionId(made: model.Request, stored: unknown): model.Request {
  const { id } = { id: "", ...(stored as object | undefined) };
  return made.extension?.id === "" ? { ...made, extension: { ...made.extension, id } } : made;
}

/** Only the subject reserves, once the request has started, never past its end and never with an earlier `pushBy`. */
function mustReserve(newest: model.Request, { operation }: Call, now: number, pushBy: string, noted = ""): void {
  const by = "who" in operation ? people[operation.who].id : undefined;
  must(by === newest.subject, "Somebody other than the subject made a reservation", newest);
  must(model.started(newest, now).status === "active", "A reservation of a request that is not active", newest);
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
  const { pk: _pk, sk: _sk, pushBy, ...rest } = item;
  const stored = withoutContexts(rest);
  must(newest !== undefined && key.sk === `ended#${newest.id}`, "A copy is not of the newest request", key);
  must(newest.status !== "pending" && !model.isGranted(newest), "An open request was copied", newest);
  mustEqual(stored, model.itemOf(newest), "A copy differs from its original");
  mustEqual(pushBy, noted.get(newest.id), "A copy has another pushBy");
}
