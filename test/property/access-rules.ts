import type { AccessTarget } from "../../lambda/access/access-request.ts";
import { accessTargetIdOf, slotIdOf } from "../../lambda/access/access-target.ts";
import { type Operation, people, roster, type Team, type Who } from "./access-history.ts";
import * as model from "./access-model.ts";
import type { Target } from "./history-ports.ts";
import { isEqual } from "./must.ts";

// What the sample policies allow the callers in the histories, and what each operation may do to an access target.

const isOnCall = (who: Who) => people[who].groups.includes("OnCall");
export const isOnDev = ({ instanceId }: Pick<AccessTarget, "instanceId">) => instanceId.endsWith("d");

/** Seconds. */
const longestOf = (who: Who, one: Pick<AccessTarget, "instanceId">, breakGlass: boolean) =>
  isOnDev(one) ? Math.min(43_200, longestTotal(who, one)) : breakGlass ? 3600 : 28_800;

/** Seconds that policy permits in all. */
const longestTotal = (who: Who, one: Pick<AccessTarget, "instanceId">) => {
  if (!isOnDev(one)) return 2 * 28_800;
  return people[who].groups.includes("Engineer") ? 3606 : 2 * 43_200;
};

/** Nobody asks for access on a Saturday, nor for access that starts on one. */
const isSaturday = (at: number) => new Date(at).getUTCDay() === 6;

/** Access starts a minute from now, or later. */
const isTooSoon = ({ startsAt = Number.POSITIVE_INFINITY }: Target, at: number) => startsAt < at + 60_000;

/** Why the request is denied at a moment, in every state, or undefined if it is allowed. */
export function askingDenialAt(
  operation: Extract<Operation, { does: "request" }>,
  accessTarget: Target,
  at: number,
): string | undefined {
  const denial = askingDenial(operation, accessTarget);
  if (denial !== undefined) return denial;
  if (isSaturday(accessTarget.startsAt ?? at)) return "access-denied";
  return isTooSoon(accessTarget, at) ? "invalid-request" : undefined;
}

/** The same at every moment. */
function askingDenial(
  { who, seconds, breakGlass }: Extract<Operation, { does: "request" }>,
  accessTarget: Target,
): string | undefined {
  const isOwn = people[who].id === accessTarget.subject;
  if (breakGlass && (!isOwn || accessTarget.startsAt !== undefined)) return "invalid-request";
  if (who === "carol") return accessTarget.tags ? "access-denied" : "instance-not-found";
  const longest = longestOf(who, accessTarget, breakGlass);
  const mayBreakGlass = isOnCall(who) && !isOnDev(accessTarget) && accessTarget.osUser !== "root";
  const mayAsk = isOwn ? !breakGlass || mayBreakGlass : who === "chatbot";
  return mayAsk && seconds <= longest ? undefined : "access-denied";
}

/** What is true of an access target at some moment. */
export interface State extends model.Newest {
  readonly suspensions: model.Suspensions;
  /** How people last called. */
  readonly people: ReadonlyMap<string, { readonly groups: readonly string[]; readonly seenAt: number }>;
  /** A tag of the instance on prod. */
  readonly team: Team;
}

/** Milliseconds for which it is known how a person called. */
const rememberedFor = 24 * 3_600_000;

export const isSuspended = (who: Who, { suspensions }: Pick<State, "suspensions">): boolean =>
  suspensions.get(people[who].id)?.isSuspended ?? false;

/** Whether a connection is made under the newest request. It is not if it needs none. */
export function isCarried(who: Who, accessTarget: AccessTarget, state: State, at: number): boolean {
  const { newest, suspensions, team } = state;
  if (!newest || isOnDev(accessTarget) || isSuspended(who, state)) return false;
  const tags: Readonly<Record<string, unknown>> = { env: "prod", team };
  const isOn = Object.entries(newest.tags ?? {}).every(([key, value]) => tags[key] === value);
  if (!isOn || newest.subject !== people[who].id || newest.osUser !== accessTarget.osUser) return false;
  const counts = (review: model.Review) => newest.tags === undefined || countsHere(review, state, at);
  return model.carries(model.counted(newest, suspensions), isOnCall(who), at, counts);
}

/** Whether a reviewer, as they were then and as they are known now, may review on the instance on prod. */
function countsHere(
  { reviewer, integration, basis }: model.Review,
  { people: seen, team }: State,
  at: number,
): boolean {
  if (!basis || team === "payments") return false;
  if (integration !== undefined) return basis.groups.includes("Roster");
  const known = seen.get(reviewer);
  const isKnown = known !== undefined && at < known.seenAt + rememberedFor && known.groups.includes("OnCall");
  return isKnown && basis.groups.includes("OnCall");
}

/** Why a connection is denied, or undefined if it is allowed: by the newest request of one access target. */
export function connectionDenial(who: Who, accessTarget: AccessTarget, state: State, at: number): string | undefined {
  if (isSuspended(who, state)) return "caller-suspended";
  if (who === "carol") return "instance-not-found";
  if (who === "chatbot") return "access-denied";
  return isOnDev(accessTarget) || isCarried(who, accessTarget, state, at) ? undefined : "approval-required";
}

/** The newest request of an access target after one write of an operation, or why there is no write. */
export function stepOf(
  accessTarget: Target,
  operation: Operation,
  state: State,
  id: string,
  at: number,
): model.Request | string {
  const { newest } = state;
  if (operation.does === "request") return askingStep(accessTarget, operation, state, id, at);
  if (!("accessTarget" in operation) || operation.does === "connect") return "it does not change access requests";
  if (newest?.id !== id) return "it is not the newest";
  if (operation.does === "expire") return expiryOf(newest, at);
  return operation.does === "end suspended" ? suspendedEnd(state, at) : effectOf(operation, newest, state, at);
}

/** A new request first ends an expired one. Break-glass cancels a pending one, and the subject's own one that others made. */
function askingStep(
  accessTarget: Target,
  operation: Extract<Operation, { does: "request" }>,
  { newest, suspensions, team }: State,
  id: string,
  at: number,
): model.Request | string {
  if (suspensions.get(accessTarget.subject)?.isSuspended) return "the subject is suspended";
  const { who, seconds, breakGlass } = operation;
  const denial = askingDenial(operation, accessTarget);
  if (denial !== undefined) return denial;
  if (newest && (newest.status === "pending" || model.isGranted(newest))) {
    if (model.statusAt(newest, at) === "expired") return model.ended(newest, "expired", at);
    if (!isFor(accessTarget, newest)) return "another has this slot";
    if (model.isVoided(newest, suspensions)) return model.endedBySuspension(newest, at);
    if (newest.status !== "pending" || !replaces(operation, newest)) return "another is open";
    return model.cancelRejection(newest, people[who].id, at) ?? model.ended(newest, "cancelled", at);
  }
  if (id === newest?.id) return "it has ended";
  if (!isAtHome(accessTarget, id)) return "another has this place";
  // Slots for others come first. What replaces another takes its slot.
  const isOthers = Number(/-(\d\d)-/.exec(id)?.[1]) < 5;
  const isOwn = people[who].id === accessTarget.subject;
  if (accessTarget.tags && isOthers === isOwn && !(newest && isFor(accessTarget, newest)))
    return "it is no slot for it";
  const approvals = breakGlass || isOnDev(accessTarget) ? 0 : accessTarget.osUser === "root" ? 2 : 1;
  if (!breakGlass && hasNoReviewer(accessTarget, { team })) return "nobody-can-approve";
  return model.created({ ...accessTarget, id, requestedBy: people[who].id, seconds, breakGlass, approvals }, at);
}

/** Whether nobody may review on the instance, so that nothing that needs approvals is asked for. */
export const hasNoReviewer = (one: Pick<Target, "instanceId" | "tags">, { team }: Pick<State, "team">): boolean =>
  team === "payments" && one.tags === undefined && !isOnDev(one);

/** Whether a request is for this. */
export const isFor = ({ subject, osUser, instanceId, tags, startsAt }: Target, request: model.Request): boolean =>
  subject === request.subject &&
  osUser === request.osUser &&
  (startsAt === undefined) === (request.startsAt === undefined) &&
  (tags ? isEqual(tags, request.tags) : instanceId === request.instanceId && request.tags === undefined);

/** Whether a request is where connections look for it: scheduled access beside the current one. */
function isAtHome(target: Target, id: string): boolean {
  const { subject, tags, startsAt } = target;
  const isScheduled = startsAt !== undefined;
  return id.includes(tags ? slotIdOf(subject, 0).slice(0, -2) : accessTargetIdOf(target, { isScheduled }));
}

const integrationOf = (who: Who) => (roster.identities.includes(people[who].id) ? roster.name : undefined);

/** All ids of a reviewer. */
export const ownIds = (who: Who): readonly string[] => (integrationOf(who) ? roster.identities : [people[who].id]);

const mayReview = (who: Who, { tags }: model.Request, team: Team): boolean =>
  (isOnCall(who) || integrationOf(who) !== undefined) && (tags !== undefined || team !== "payments");

/** Whether a pending request makes room for another. */
export const replaces = (
  { who, breakGlass }: Extract<Operation, { does: "request" }>,
  pending: model.Request,
): boolean => breakGlass || (people[who].id === pending.subject && pending.requestedBy !== pending.subject);

/** The request after an operation on it, or why it does not change. */
export function effectOf(
  operation: Extract<Operation, { who: Who; back: number }>,
  request: model.Request,
  { suspensions, team }: Pick<State, "suspensions" | "team">,
  at: number,
): model.Request | string {
  const { who } = operation;
  const by = people[who].id;
  const integration = integrationOf(who);
  const reviewing = { reviewer: by, ...(integration !== undefined && { integration }), at };
  const own = ownIds(who);
  switch (operation.does) {
    case "review": {
      const { decision, shortened } = operation;
      const isShortened = decision === "approve" && shortened !== undefined;
      const { kind, groups } = people[who];
      const basis = request.tags && { basis: { kind, groups } };
      const review = { ...reviewing, decision, ...(isShortened && { durationSeconds: shortened }), ...basis };
      // On dev the team is another instance's.
      const isPermitted = mayReview(who, request, isOnDev(request) ? undefined : team);
      const left = model.isVoided(request, suspensions) ? undefined : model.counted(request, suspensions);
      const rejection = model.reviewRejection(request, review, { own, mayReview: isPermitted, left });
      const earlier = model.earlierReviews(request, suspensions, at);
      if (rejection !== undefined || earlier === undefined) return rejection ?? "request-not-pending";
      return model.reviewed(request, review, earlier);
    }
    case "review, unchecked": {
      const review = { ...reviewing, decision: "approve" as const };
      const started = model.started(request, at);
      const { extension } = started;
      const reviewed =
        started.status === "active" && extension?.status === "pending"
          ? { extension: { ...extension, reviews: [...extension.reviews, review] } }
          : { reviews: [...started.reviews, review] };
      const next = { ...started, ...reviewed, events: [...started.events, "review.submitted"] };
      const unchecked = { own, mayReview: true, left: request, most: Number.POSITIVE_INFINITY };
      return model.reviewRejection(request, review, unchecked) ?? next;
    }
    case "extend":
      return (
        extendRejection(operation, request, { suspensions, team }, at) ??
        model.extended(request, by, operation.seconds, at)
      );
    case "cancel": {
      const extension = model.pendingExtension(request, at);
      const rejection = model.cancelRejection(request, by, at);
      return (
        rejection ??
        (extension ? model.extensionCancelled(request, extension, at) : model.ended(request, "cancelled", at))
      );
    }
    case "revoke":
      return model.revokeRejection(request, by, isOnCall(who), at) ?? model.ended(request, "revoked", at);
  }
}

/** The newest request as the sweep ends it after a suspension, or why it does not. */
export function suspendedEnd({ newest, suspensions }: State, at: number): model.Request | string {
  if (!newest || !model.isOpenAt(newest, at)) return "it is not open";
  return model.isVoided(newest, suspensions) ? model.endedBySuspension(newest, at) : "no suspension has ended it";
}

export const expiryOf = (request: model.Request, at: number): model.Request | string =>
  model.lapsed(request, at) ?? "it has not expired";

/** Why an extension is not asked for. `pending`: another one is, which is returned. */
function extendRejection(
  { who, seconds }: Extract<Operation, { does: "extend" }>,
  request: model.Request,
  { suspensions, team }: Pick<State, "suspensions" | "team">,
  at: number,
): string | undefined {
  const mayAsk = people[who].id === request.subject || who === "chatbot";
  if (isSaturday(at) || request.breakGlass || !mayAsk || seconds > longestOf(who, request, false))
    return "access-denied";
  if (model.statusAt(request, at) !== "active" || model.isVoided(request, suspensions)) return "request-not-active";
  if (model.pendingExtension(request, at)) return "pending";
  const { activatedAt = 0, expiresAt = 0 } = model.started(request, at);
  if (expiresAt - activatedAt + seconds * 1000 > longestTotal(who, request) * 1000) return "access-denied";
  return hasNoReviewer(request, { team }) ? "nobody-can-approve" : undefined;
}
