import type { Item } from "../support/attended-table.ts";
import { type Operation, people, type Who } from "./access-history.ts";
import * as model from "./access-model.ts";
import {
  askingDenialAt,
  effectOf,
  expiryOf,
  hasNoReviewer,
  isFor,
  isSuspended,
  replaces,
  suspendedEnd,
} from "./access-rules.ts";
import { everySeen, lastOf, type Moment, momentsOf, type Timeline, withoutContexts } from "./access-timeline.ts";
import type { Happening } from "./history-journal.ts";
import type { Target } from "./history-ports.ts";
import { isEqual, must, mustEqual } from "./must.ts";
import type { Call, Result } from "./perform-history.ts";

/** An operation on an access target, and everything that happened while it ran. */
export interface Asked<Op extends Operation = Extract<Operation, { accessTarget: number }>> {
  readonly call: Call;
  readonly operation: Op;
  readonly accessTarget: Target;
  /** Of what the operation was about, or of what its response is about. */
  readonly timeline: Timeline;
  /** Where else it can be: in a slot of the subject, or in the place of scheduled access. */
  readonly others: readonly Timeline[];
  readonly journal: readonly Happening[];
}

/** Whether a condition held at some moment between a call and its response: in a state and at a time that existed. */
export function sometimes({ call, timeline, journal }: Asked, holds: (moment: Moment, at: number) => boolean): boolean {
  const within = momentsOf(call, timeline);
  const times = timesOf(call, journal);
  const states = everySeen(within);
  return within.some((moment) => states.some((seen) => times.some((at) => holds({ ...moment, ...seen }, at))));
}

/** The clock's times between a call and its response. */
function timesOf(call: Call, journal: readonly Happening[]): readonly number[] {
  const meanwhile = journal.slice(call.journalBefore, call.journalAfter).filter(({ what }) => what === "moved");
  return [call.startedAt, ...meanwhile.map(({ now }) => now)];
}

/** @throws Error if the response to an operation on an access request is not one that the model gives. */
export function checkResponse(asked: Asked): void {
  const { call, operation, accessTarget, timeline, others, journal } = asked;
  const { result } = call;
  if (result === undefined || operation.does === "connect") return;
  if ("problem" in result && result.problem === "upstream-unavailable") {
    const refused = journal.filter((each) => each.operation === call.number && each.what === "refused");
    must(refused.length >= 5, "An operation gave up too early", call);
    return;
  }
  // Reservations are not among them: connections make those.
  const stepsIn = ({ moments }: Timeline) =>
    moments.filter(
      ({ from, newest }, index) => journal[from]?.operation === call.number && newest !== moments[index - 1]?.newest,
    );
  const steps = stepsIn(timeline);
  if ("problem" in result && result.problem === "caller-suspended") {
    const isSubject = operation.does === "request" ? [accessTarget.subject] : [];
    const isOne = ({ suspensions }: Moment) =>
      [...("who" in operation ? [people[operation.who].id] : []), ...isSubject].some(
        (id) => suspensions.get(id)?.isSuspended,
      );
    must(sometimes(asked, isOne), "Nobody was suspended", call);
    return;
  }
  if ("who" in operation && operation.does !== "review, unchecked") {
    const isFree = (moment: Moment) => !isSuspended(operation.who, moment);
    must(sometimes(asked, isFree), "A suspended caller has done something", call);
  }
  const isAllowed = (_: Moment, at: number) =>
    operation.does === "request" && askingDenialAt(operation, accessTarget, at) === undefined;
  if (operation.does === "request" && "problem" in result && result.problem === "throttled") {
    must(steps.length === 0, "A request over the quota changed something", call);
    must(!operation.breakGlass, "A quota held break-glass back", call);
    must(sometimes(asked, isAllowed), "A quota hid a denial", call);
    return;
  }
  if (operation.does === "request" && "problem" in result && result.problem === "nobody-can-approve") {
    const isHopeless = (moment: Moment) => hasNoReviewer(accessTarget, moment);
    must(!operation.breakGlass && sometimes(asked, isHopeless), "Somebody could approve it", call);
    must(sometimes(asked, isAllowed), "A missing reviewer hid a denial", call);
    return;
  }
  if (operation.does === "request") {
    const made = [timeline, ...others.filter((each) => each !== timeline)].flatMap((each) =>
      stepsIn(each).filter(({ newest, from }) => newest && isFirst(each, newest.id, from)),
    );
    checkAsking({ ...asked, operation }, result, made);
    return;
  }
  if (
    operation.does === "extend" &&
    "value" in result &&
    typeof result.value !== "boolean" &&
    result.value["isPreexisting"]
  ) {
    const { isPreexisting: _, ...told } = result.value;
    const isThere = ({ newest, pushBy }: Moment, at: number) =>
      newest !== undefined &&
      model.pendingExtension(newest, at) !== undefined &&
      isEqual(told, model.responseOf(newest, at, pushBy.get(newest.id)));
    must(steps.length === 0 && sometimes(asked, isThere), "The response has no extension that was pending", call);
    return;
  }
  must(steps.length <= 1, "One operation was done twice", call);
  const isDone = "value" in result && result.value !== false;
  // A retried write may find that others have already changed what the first attempt wrote.
  const mayHaveBeenDone = operation.fault?.kind === "response lost" && !isDone;
  must(isDone === steps.length > 0 || mayHaveBeenDone, "The response does not match what was done", call);
  if (operation.does === "expire" || operation.does === "end suspended") {
    const endingOf = (moment: Moment, at: number) =>
      operation.does === "end suspended" ? suspendedEnd(moment, at) : moment.newest && expiryOf(moment.newest, at);
    const isNothingDue = (moment: Moment, at: number) => typeof endingOf(moment, at) !== "object";
    must(isDone || sometimes(asked, isNothingDue), "A request that has ended was not recorded as ended", call);
  } else {
    checkChange(asked, operation, result, steps[0]);
  }
}

const isFirst = ({ moments }: Timeline, id: string, from: number): boolean =>
  moments.find(({ all }) => all.has(id))?.from === from;

function checkChange(
  asked: Asked,
  operation: Extract<Operation, { who: Who; back: number }>,
  result: Result,
  step: Moment | undefined,
): void {
  const id = asked.call.id ?? "";
  if ("problem" in result) {
    const isRefused = ({ all, ...state }: Moment, at: number) => {
      const request = all.get(id);
      const isSeen = request !== undefined && operation.who !== "carol";
      return (isSeen ? effectOf(operation, request, state, at) : "access-request-not-found") === result.problem;
    };
    must(sometimes(asked, isRefused), "The model never rejects this", asked.call);
  } else if (typeof result.value !== "boolean") {
    must(step?.newest?.id === id, "The response is about another request", asked.call);
    // Read again, it is as others have changed it since.
    const told = result.value;
    const isLater = ({ from, newest, pushBy }: Moment, at: number) =>
      from > step.from && newest !== undefined && isEqual(told, model.responseOf(newest, at, pushBy.get(id)));
    const isRead = operation.does === "extend" && operation.fault?.kind === "response lost";
    if (!isRead || !sometimes(asked, isLater)) mustTell(asked, told, step);
  }
}

function checkAsking(
  asked: Asked<Extract<Operation, { does: "request" }>>,
  result: Result,
  made: readonly Moment[],
): void {
  const { call, operation, accessTarget, timeline, others } = asked;
  must(made.length <= 1, "One call created two requests", call);
  const problem = "problem" in result ? result.problem : undefined;
  const isVerdict = (_: Moment, at: number) => askingDenialAt(operation, accessTarget, at) === problem;
  must(sometimes(asked, isVerdict), "The model never gives this verdict", { call, problem });
  if ("problem" in result || typeof result.value === "boolean") return;
  const { isPreexisting = false, subjectSeen, ...told } = result.value;
  const isForAnother = told["subject"] !== people[operation.who].id;
  mustEqual(subjectSeen, isForAnother || undefined, "The response does not say whether the subject was seen");
  const [creation] = made;
  if (!isPreexisting && creation) {
    const isElsewhere = (other: Timeline) =>
      other !== timeline &&
      momentsOf(call, other).every(
        ({ newest, suspensions }) =>
          newest &&
          isFor(accessTarget, newest) &&
          model.isOpenAt(newest, asked.journal[call.journalAfter - 1]?.now ?? 0) &&
          !model.isVoided(newest, suspensions),
      );
    must(!others.some(isElsewhere), "Two slots are for the same", call);
    mustTell(asked, told, creation);
    return;
  }
  must(
    isPreexisting === true || operation.fault !== undefined,
    "The response has a request that was not created",
    call,
  );
  must(creation === undefined || operation.fault !== undefined, "A created request is called preexisting", call);
  const isThere = ({ newest, pushBy, suspensions }: Moment, at: number) =>
    newest !== undefined &&
    (creation !== undefined || !model.isVoided(newest, suspensions)) &&
    (creation !== undefined || model.isOpenAt(newest, at)) &&
    (newest.status !== "pending" || !replaces(operation, newest) || creation !== undefined) &&
    isEqual(told, model.responseOf(newest, at, pushBy.get(newest.id)));
  must(sometimes(asked, isThere), "The response is about a request that was not open", call);
}

/** A response shows exactly the state that was written, as of a time between the call and the response. */
function mustTell({ call, journal }: Asked, told: Item, { newest, pushBy }: Moment): void {
  must(newest !== undefined, "The response is about no request", told);
  const expected = timesOf(call, journal).map((at) => model.responseOf(newest, at, pushBy.get(newest.id)));
  must(
    expected.some((each) => isEqual(told, each)),
    "The model does not give this response",
    { told, expected },
  );
}

/** At the end every request is found by its id, in its last state. */
export function checkFound(timeline: Timeline, found: ReadonlyMap<string, object | undefined>): void {
  const { all, pushBy } = lastOf(timeline);
  for (const request of all.values()) {
    const kept = { ...model.requestOf(request), pushBy: pushBy.get(request.id) };
    mustEqual(withoutContexts(found.get(request.id) ?? {}), kept, "A request is not stored in its last state");
  }
}
