import { randomUUID } from "node:crypto";
import { type AccessRequestResponse, latestStart, soonestStart } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Attempt } from "../idempotency/ports.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { hasScopeKeys } from "../policy/scope-keys.ts";
import type { Instance } from "../shared/instance.ts";
import { invalidField, Problem, unknownSubject } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { type Scope, scopeKind, syntheticInstance, type TagScope } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import { type AccessEvaluation, evaluateAccessRequest, type ProposedAccess } from "./evaluate-access-request.ts";
import { homeOf } from "./home.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { endCurrent, isPreexisting } from "./replace-current.ts";
import { takePlaces } from "./request-quota.ts";
import { requireReviewers } from "./require-reviewers.ts";
import { accessRequestResponse } from "./response.ts";
import { isOpen } from "./status.ts";
import { isEndedBySuspension, partiesOf } from "./suspension.ts";
import { create } from "./transitions.ts";

export interface CreateAccessRequestInput {
  readonly caller: Caller;
  /** What access is for: this, or `instanceId`. */
  readonly scope?: { readonly instanceId: string } | TagScope | undefined;
  readonly instanceId?: string | undefined;
  /** Of the instance. */
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly osUser: string;
  readonly durationSeconds: number;
  readonly reason: string;
  /** Who gets access. Undefined: the caller. */
  readonly subject?: string | undefined;
  readonly breakGlass?: boolean | undefined;
  /** When access is to start (ISO 8601). Undefined: once it is approved. */
  readonly startsAt?: string | undefined;
}

/**
 * Creates an access request, or returns the open one for the same subject, scope and OS user. It is active at once if policy
 * requires no approval, or scheduled if it starts later. Break-glass cancels a pending request instead of returning it,
 * and so does the subject's own request if others made the pending one: nobody else decides for how long and why
 * somebody asks.
 *
 * @param input with the `attempt` of a call that has an Idempotency-Key: what an earlier run has created is returned as
 *   it is now.
 * @throws Problem in this order: `invalid-request` (break-glass for somebody else, for tags or with a start, a subject whom no
 *   source of identities knows, a tag that no scope may name), `instance-not-found`, `access-denied` as `evaluateAccessRequest`,
 *   `invalid-request` for a start too soon or too late, `throttled` if the subject's slots are used up, `caller-suspended` for a
 *   subject who is, `nobody-can-approve` as `requireReviewers`, `throttled` if the caller's quota of open requests is
 *   used up; and as the ports do.
 */
export async function createAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  input: CreateAccessRequestInput & { readonly attempt?: Attempt | undefined },
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const { resultId, isRepeated } = input.attempt ?? { resultId: randomUUID(), isRepeated: false };
  const { clock, requestId, via, note } = context;
  const { signal } = context.deadline;
  const proposed = proposedAccess(input, settings);
  const { caller, ...access } = proposed;
  const terms = await authorizeCreation(ports, settings, input, context);
  const { scope, instance, policy, policies, pendingTimeoutSeconds } = terms;
  const startsAt = input.startsAt === undefined ? undefined : new Date(input.startsAt).toISOString();
  const requested = { ...access, scope, startsAt, pendingTimeoutSeconds };
  const home = homeOf(ports, { ...requested, isOwn: access.subject === caller.id, resultId }, context);
  const [created, subjectSeen] = await Promise.all([
    isRepeated ? home.readCreated() : undefined,
    access.subject === caller.id ? undefined : ports.people.wasSeen(access.subject, signal),
  ]);
  const respond = (request: AccessRequest, at: Date): AccessRequestResponse => {
    note({ accessRequestId: request.id });
    return { ...accessRequestResponse(request, at), ...(subjectSeen !== undefined && { subjectSeen }) };
  };
  // It may have started since.
  if (created) return respond(created, clock());
  requireStartAhead(input, clock());

  return retryOnConflict(await home.read(), home.read, async ({ id, current }) => {
    note({ accessRequestId: id });
    const at = clock();
    // An earlier write was applied, and its response was lost.
    if (current?.id === id) return respond(current, at);
    const ids = [...new Set([access.subject, ...(current ? partiesOf(current) : [])])];
    const suspensions = await ports.suspensions.readSuspensions(ids, signal);
    if (suspensions.get(access.subject)?.isSuspended) {
      throw new Problem("caller-suspended", { detail: "The person whom the access would be for is suspended." });
    }
    const isSuspended = current !== undefined && isOpen(current.status) && isEndedBySuspension(current, suspensions);
    if (current && !isSuspended && isPreexisting(current, proposed, at)) {
      return { ...respond(current, at), isPreexisting: true };
    }
    const { subject, osUser, breakGlass } = access;
    const time = settings.policyTime(at);
    const request = { scope: scopeKind(scope), subject, requestedBy: caller.id, osUser, breakGlass, time };
    const toCome = { instance, request, askers: [subject, caller.id], sources: settings };
    const asked = { ...toCome, requirements: terms.requirements };
    const requirements = await requireReviewers(ports.suspensions, policy, asked, signal);
    const place = { id, takenAt: at, requester: caller.id, subject: access.subject };
    if (!access.breakGlass) await takePlaces(ports.places, settings.quotas, place, context);
    const act = { actor: caller.id, at, requestId, via };
    const ended = current && (await endCurrent(ports.store, current, proposed, { act, isSuspended, signal }));
    if (current && !ended) return undefined;
    const creation = create({ ...requested, id, requirements }, { ...act, policies, policyDigest: policy.digest });
    const isWritten = await ports.store.create(creation, ended, signal);
    return isWritten ? respond(creation.next, at) : undefined;
  });
}

/** What decides about a creation: the policy's terms, and what they were found with. */
interface CreationTerms extends AccessEvaluation {
  readonly scope: Scope;
  /** Of a scope of tags: one that has exactly these. */
  readonly instance: Instance;
  readonly policy: PolicyEngine;
}

/**
 * Decides whether the caller may ask for this access, by instance and policy as they are now and the time when it is to start,
 * regardless of open requests and of who could approve it.
 *
 * @throws Problem as `createAccessRequest`.
 */
export async function authorizeCreation(
  ports: Pick<AccessPorts, "policy" | "findInstance">,
  settings: AccessSettings,
  input: CreateAccessRequestInput,
  context: RequestContext,
): Promise<CreationTerms> {
  const { policy } = ports;
  const { clock, sourceIp, note } = context;
  const proposed = proposedAccess(input, settings);
  const { caller, osUser } = proposed;
  const { scope: named = { instanceId: input.instanceId ?? "" } } = input;
  const now = clock();
  const start = input.startsAt === undefined ? undefined : new Date(input.startsAt);
  const startsIn = start && Math.max(0, (start.getTime() - now.getTime()) / 1000);
  const circumstances = { time: settings.policyTime(start ?? now), sourceIp };
  const evaluate = (scope: Scope, instance: Instance) => {
    const { possibleGroups } = settings;
    const situation = { instance, scope: scopeKind(scope), ...circumstances, possibleGroups, startsIn };
    const terms = evaluateAccessRequest(policy, proposed, situation);
    note({ policies: terms.policies });
    return { ...terms, scope, instance, policy };
  };
  if ("tags" in named) {
    note({ osUser });
    if (!hasScopeKeys(policy, settings.scopeTags, named))
      throw invalidField("/scope/tags", "not-a-scope-tag", notScopeTag);
    const instance = syntheticInstance(named);
    if (!mayView(policy, caller, instance)) throw new Problem("access-denied", { detail: unseenTags });
    return evaluate(named, instance);
  }
  const { instanceId } = named;
  note({ instanceId, osUser });
  const instance = requireVisible(policy, caller, await ports.findInstance({ ...input, instanceId }, context));
  return evaluate({ accountId: instance.accountId, region: instance.region, instanceId }, instance);
}

const notScopeTag = "A scope takes only tags that policies name, or that the setting scopeTags lists.";
const unseenTags = "Policy does not let you see an instance that has only these tags.";

/** @throws Problem `invalid-request` for a start that is too soon or too far away. */
function requireStartAhead({ startsAt }: Pick<CreateAccessRequestInput, "startsAt">, now: Date): void {
  if (startsAt === undefined) return;
  const ahead = (Date.parse(startsAt) - now.getTime()) / 1000;
  if (!(ahead >= soonestStart))
    throw invalidField("/startsAt", "too-soon", "Access can start a minute from now, or later.");
  if (ahead > latestStart) throw invalidField("/startsAt", "too-late", "Access can start within thirty days.");
}

/**
 * @throws Problem `invalid-request` for break-glass for somebody else, tags or with a start, and for a subject whom no source of
 *   identities knows.
 */
function proposedAccess(input: CreateAccessRequestInput, { possibleGroups }: AccessSettings): ProposedAccess {
  const { caller, osUser, durationSeconds, reason, subject = caller.id, breakGlass = false } = input;
  if (breakGlass && subject !== caller.id) throw invalidField("/breakGlass", "not-for-others");
  if (breakGlass && input.scope && "tags" in input.scope) throw invalidField("/breakGlass", "not-with-tags");
  if (breakGlass && input.startsAt !== undefined) throw invalidField("/breakGlass", "not-with-schedule");
  if (subject !== caller.id && possibleGroups(subject).length === 0) throw unknownSubject();
  return { caller, subject, osUser, durationSeconds, reason, breakGlass };
}
