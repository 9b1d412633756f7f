import { eventsOf } from "./access-events.ts";
import { type Operation, people } from "./access-history.ts";
import * as model from "./access-model.ts";
import { type Asked, sometimes } from "./access-responses.ts";
import { connectionDenial, isCarried, isOnDev } from "./access-rules.ts";
import { lastOf } from "./access-timeline.ts";
import type { Happening } from "./history-journal.ts";
import { must, mustEqual } from "./must.ts";
import type { Result } from "./perform-history.ts";

type Connecting = Asked<Extract<Operation, { does: "connect" }>>;
type Written = Extract<Happening, { what: "wrote" }> & { readonly index: number };
type Pushed = Extract<Happening, { what: "pushed" }> & { readonly index: number };

/**
 * All that holds of a connection, of what carries it and of its pushes. The timeline is that of the caller's own accessTarget.
 *
 * @throws Error where something does not.
 */
export function checkConnection(asked: Connecting): void {
  const { call, journal } = asked;
  const own = journal.flatMap((each, index) => (each.operation === call.number ? [{ ...each, index }] : []));
  const written = own.filter((each): each is Written => each.what === "wrote");
  const pushes = own.filter((each): each is Pushed => each.what === "pushed");
  const ofConnection = written.filter(({ key }) => key.pk.startsWith("connection#"));
  // A write that is sent again has the same event.
  const [first, second, third, ...more] = new Map(
    ofConnection.map((each) => [eventsOf(each.item)[0]?.id, each]),
  ).values();
  must(more.length === 0, "A connection has too many events", written);
  must(first === undefined || first.item["sequence"] === 1, "A connection does not begin at 1", first);
  must(second === undefined || second.item["sequence"] === 2, "A connection's events have a gap", second);

  const intent = first?.item["status"] === "intended" ? first : undefined;
  if (!intent) {
    must(pushes.length === 0, "A push without an intent", own);
    must(second === undefined, "A denial with an outcome", written);
    if (call.result) checkDenial(asked, call.result, first);
    return;
  }
  for (const push of pushes) must(push.index > intent.index, "A push before its intent", own);
  checkIntent(asked, intent, written, pushes);
  must(third === undefined || third.item["sequence"] === 1, "A denial is no item of its own", third);
  if (third && call.result) checkDenial(asked, call.result, third);
  if (call.result) checkOutcome(asked, call.result, intent, second, pushes.length > 0, third);
}

function checkDenial(asked: Connecting, result: Result, denial: Written | undefined): void {
  const { call, operation, timeline } = asked;
  must("problem" in result && denial?.item["status"] === "denied", "A connection that is not on record", call);
  const isDenied = ({ newest }: model.Newest, at: number) =>
    connectionDenial(operation.who, timeline.accessTarget, newest, at) === result.problem;
  must(sometimes(asked, isDenied), "A denial that the model never gives", call);
}

function checkIntent(asked: Connecting, intent: Written, written: readonly Written[], pushes: readonly Pushed[]): void {
  const { call, operation, timeline } = asked;
  const [event] = eventsOf(intent.item);
  const at = Date.parse(event?.time ?? "");
  const pushBy = String(intent.item["pushBy"]);
  const latest = Date.parse(pushBy);
  must(at >= call.startedAt && at <= intent.now, "An intent bears a time outside of its operation", { at, call });
  must(latest <= at + 5000, "An intent lets a push start too late", intent);
  for (const push of pushes) must(push.now <= latest && push.pushBy <= latest, "A push starts after pushBy", push);

  const carrier = event?.data["accessRequestId"];
  if (carrier === undefined) {
    const needsNone =
      isOnDev(timeline.accessTarget) && people[operation.who].kind === "person" && operation.who !== "carol";
    must(needsNone, "A connection that nothing carries", call);
    return;
  }
  // The order of the commits: the touch, which is never after the revoke, and then the intent.
  const touch = written.find(({ key }) => key.pk.startsWith("access#"));
  must(touch !== undefined && touch.index < intent.index, "An intent without a touch before it", written);
  must(at <= touch.now, "An intent bears a later time than its touch", { intent, touch });
  const gives = ({ newest }: model.Newest) =>
    newest?.id === carrier && isCarried(operation.who, timeline.accessTarget, newest, at);
  must(sometimes(asked, gives), "A connection is carried by what gives no access", intent);

  const { all, pushBy: noted } = lastOf(timeline);
  const request = all.get(String(carrier));
  must(request !== undefined && latest <= (request.expiresAt ?? 0), "A push may start after access is over", intent);
  must((noted.get(request.id) ?? "") >= pushBy, "A push may start later than is noted", intent);
  const noPushesAfter = Date.parse(String(model.responseOf(request, at, noted.get(request.id))["noPushesAfter"]));
  for (const push of pushes)
    must(!(push.now > noPushesAfter), "A push starts after noPushesAfter", { push, noPushesAfter });
  mustEqual(event?.data["breakGlass"], request.breakGlass, "A connection does not say whether it broke the glass");
}

/** @param denial on record after a push of which no attempt was started. */
function checkOutcome(
  { call, operation, timeline }: Connecting,
  result: Result,
  intent: Written,
  outcome: Written | undefined,
  hasPushed: boolean,
  denial: Written | undefined,
): void {
  must(outcome !== undefined, "An intent without an outcome", call);
  const isPushed = outcome.item["status"] === "pushed";
  const carrier = eventsOf(intent.item)[0]?.data["accessRequestId"];
  if ("problem" in result) {
    must(!isPushed || operation.fault !== undefined, "A key was pushed that is called refused", call);
    must(!(hasPushed && denial), "A key that may have been pushed is called denied", call);
    const isLate = result.problem === "deadline-exceeded" || denial !== undefined || operation.fault !== undefined;
    must(isLate, "A push that fails by itself", call);
    const { expiresAt = Number.POSITIVE_INFINITY } = lastOf(timeline).all.get(String(carrier)) ?? {};
    const isDenied = hasPushed || outcome.now < expiresAt || denial !== undefined || operation.fault !== undefined;
    must(isDenied, "Access is over and nothing was pushed, and it is no denial", call);
    return;
  }
  must(isPushed, "A key was not pushed that is called pushed", call);
  const told = typeof result.value === "boolean" ? {} : result.value;
  must(denial === undefined, "What is denied is called pushed", denial);
  mustEqual(told["accessRequestId"], carrier, "The answer names another access request");
}
