import { eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { type Asked, sometimes } from "./access-responses.ts";
import { connectionDenial, isCarried, isOnDev, isSuspended, type State } from "./access-rules.ts";
import { lastOf, type Moment } from "./access-timeline.ts";
import type { Happening } from "./history-journal.ts";
import { must, mustEqual } from "./must.ts";
import type { Result } from "./perform-history.ts";

type Connecting = Asked<Extract<Operation, { does: "connect" }>>;
type Written = Extract<Happening, { what: "wrote" }> & { readonly index: number };
type Pushed = Extract<Happening, { what: "pushed" }> & { readonly index: number };

/**
 * Checks a connection, the access request that it is made under, and its pushes. The timeline is that of the caller's own
 * access target.
 *
 * @throws Error if a rule does not hold.
 */
export function checkConnection(asked: Connecting): void {
  const { call, journal } = asked;
  const own = journal.flatMap((each, index) => (each.operation === call.number ? [{ ...each, index }] : []));
  const written = own.filter((each): each is Written => each.what === "wrote");
  const pushes = own.filter((each): each is Pushed => each.what === "pushed");
  const ofConnection = written.filter(({ key }) => key.pk.startsWith("connection#"));
  // A retried write has the same event.
  const [intent, second, ...more] = new Map(ofConnection.map((each) => [eventsOf(each.item)[0]?.id, each])).values();
  must(more.length === 0, "A connection has too many events", written);
  must(
    intent === undefined || intent.item["sequence"] === 1,
    "The sequence of a connection does not start at 1",
    intent,
  );
  must(second === undefined || second.item["sequence"] === 2, "The events of a connection have a gap", second);

  const begins = intent === undefined || intent.item["status"] === "intended";
  must(begins, "A connection does not begin with its intent", intent);
  const denial = written.find(({ key }) => key.pk.startsWith("denial#"));
  if (!intent) {
    must(pushes.length === 0, "A push has no intent", own);
    if (call.result) checkDenial(asked, call.result, denial);
    return;
  }
  for (const push of pushes) must(push.index > intent.index, "A push precedes its intent", own);
  checkIntent(asked, intent, written, pushes);
  if (!second) {
    const { due, dueAt } = intent.item;
    must(due === "outcome" && String(dueAt) > String(intent.item["pushBy"]), "No sweep finds an open intent", intent);
  }
  if (denial && call.result) checkDenial(asked, call.result, denial);
  if (call.result) checkOutcome(asked, call.result, intent, second, pushes.length > 0, denial);
}

function checkDenial(asked: Connecting, result: Result, denial: Written | undefined): void {
  const { call, operation, timeline } = asked;
  must("problem" in result && denial?.item["code"] === result.problem, "A denied connection was not recorded", call);
  const isDenied = (state: State, at: number) =>
    connectionDenial(operation.who, asked.accessTarget, state, at) === result.problem;
  // Each read of a request is of another moment. What no request changes is denied by any of them.
  const all = result.problem === "approval-required" ? [timeline, ...asked.others] : [timeline];
  must(
    all.every((each) => sometimes({ ...asked, timeline: each }, isDenied)),
    "The model never denies this",
    call,
  );
}

function checkIntent(own: Connecting, intent: Written, written: readonly Written[], pushes: readonly Pushed[]): void {
  const [event] = eventsOf(intent.item);
  const asked = byCarrier(own, event?.data["accessRequestId"]);
  const { call, operation, timeline, accessTarget } = asked;
  const at = Date.parse(event?.time ?? "");
  const pushBy = String(intent.item["pushBy"]);
  const latest = Date.parse(pushBy);
  must(at >= call.startedAt && at <= intent.now, "The time of an intent is outside its operation", { at, call });
  must(latest <= at + 5000, "An intent allows a push to start too late", intent);
  const isFree = (state: State) => !isSuspended(operation.who, state);
  must(sometimes(asked, isFree), "A suspended caller has connected", call);
  for (const push of pushes) checkBound(asked, push);
  for (const push of pushes) must(push.now <= latest && push.pushBy <= latest, "A push started after pushBy", push);

  const carrier = event?.data["accessRequestId"];
  if (carrier === undefined) {
    const needsNone = isOnDev(accessTarget) && people[operation.who].kind === "person" && operation.who !== "carol";
    must(needsNone, "A connection was made without the access it requires", call);
    return;
  }
  // The order of commits: the reservation, which never follows the revoke, and then the intent.
  const reservation = written.find(({ key }) => key.pk.startsWith("access#"));
  // None is written if the request already notes a time that is late enough.
  const isNoted = ({ pushBy: noted }: Moment) => (noted.get(String(carrier)) ?? "") >= pushBy;
  must(
    reservation ? reservation.index < intent.index : sometimes(asked, isNoted),
    "An intent has no reservation before it",
    written,
  );
  must(!reservation || at <= reservation.now, "An intent has a later time than its reservation", {
    intent,
    reservation,
  });
  const gives = (state: State) => state.newest?.id === carrier && isCarried(operation.who, accessTarget, state, at);
  must(sometimes(asked, gives), "A connection was made under a request that gives no access", intent);

  const { all, pushBy: noted } = lastOf(timeline);
  const request = all.get(String(carrier));
  must(request !== undefined && latest <= (request.expiresAt ?? 0), "A push may start after access has ended", intent);
  must((noted.get(request.id) ?? "") >= pushBy, "A push may start later than the request notes", intent);
  const noPushesAfter = Date.parse(String(model.responseOf(request, at, noted.get(request.id))["noPushesAfter"]));
  for (const push of pushes)
    must(!(push.now > noPushesAfter), "A push started after noPushesAfter", { push, noPushesAfter });
  mustEqual(event?.data["breakGlass"], request.breakGlass, "A connection does not say whether it used break-glass");
}

/** The connection, and the timeline of the request that it is made under. */
const byCarrier = (asked: Connecting, carrier: unknown): Connecting => ({
  ...asked,
  timeline: [asked.timeline, ...asked.others].find((each) => lastOf(each).all.has(String(carrier))) ?? asked.timeline,
});

/** A push that a suspension has not stopped starts within eight seconds of it, as long as a call for a connection may take. */
function checkBound({ operation, timeline, journal }: Connecting, { index, now }: Pushed): void {
  const before = timeline.moments.findLast(({ from }) => from < index);
  if (!before || !isSuspended(operation.who, before)) return;
  const pk = `suspension#${people[operation.who].id}`;
  const last = journal.slice(0, index).findLast((each) => each.what === "wrote" && each.key.pk === pk);
  must(now <= (last?.now ?? 0) + 8000, "A push started long after its caller was suspended", { now, last });
}

/** @param denial recorded after a push that started no attempt. */
function checkOutcome(
  asked: Connecting,
  result: Result,
  intent: Written,
  outcome: Written | undefined,
  hasPushed: boolean,
  denial: Written | undefined,
): void {
  const carrier = eventsOf(intent.item)[0]?.data["accessRequestId"];
  const { call, operation, timeline } = byCarrier(asked, carrier);
  must(outcome !== undefined, "An intent has no outcome", call);
  const isPushed = outcome.item["status"] === "pushed";
  if ("problem" in result) {
    must(!isPushed || operation.fault !== undefined, "A pushed key is called refused", call);
    must(!(hasPushed && denial), "A key that may have been pushed is called denied", call);
    const isLate = result.problem === "deadline-exceeded" || denial !== undefined || operation.fault !== undefined;
    must(isLate, "A push failed without a reason", call);
    const { expiresAt = Number.POSITIVE_INFINITY } = lastOf(timeline).all.get(String(carrier)) ?? {};
    const isDenied = hasPushed || outcome.now < expiresAt || denial !== undefined || operation.fault !== undefined;
    must(isDenied, "Access has ended and nothing was pushed, but the connection is not denied", call);
    return;
  }
  must(isPushed, "A key that was not pushed is called pushed", call);
  const told = typeof result.value === "boolean" ? {} : result.value;
  must(denial === undefined, "A denied connection is called pushed", denial);
  mustEqual(told["accessRequestId"], carrier, "The response names another access request");
}
