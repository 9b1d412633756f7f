import type { PublicKey } from "../../ssh-format/public-key.ts";
import type { AccessRequest } from "../access/access-request.ts";
import { mayView } from "../policy/authorize.ts";
import { decidingImage, namedOsUser } from "../resolve/os-user.ts";
import { Problem } from "../shared/problem.ts";
import { earlier, secondsAfter } from "../shared/time.ts";
import {
  type Assessment,
  assessConnection,
  type Decided,
  decisionFields,
  osUserOf,
  requirePermitted,
} from "./assess.ts";
import { gatherForOsUser, gatherInputs, type Inputs } from "./gather-inputs.ts";
import { nameReviewers } from "./name-reviewers.ts";
import type { ConnectCall, SessionCredentials } from "./ports.ts";
import { countPush } from "./quota.ts";
import { readAccess } from "./read-access.ts";
import { readKey, requireConsistent } from "./read-request.ts";
import { type PermittedPush, type RequestFacts, recordDenial } from "./record.ts";

/** Seconds between a decision and the last moment at which a push attempt may start. */
const pushWindow = 5;

/** A connection that may be made. */
export interface Authorized extends PermittedPush, Pick<Inputs, "hostKeys">, Pick<Evaluation, "credentials"> {
  readonly key: PublicKey;
  /** @throws Problem `throttled` if the caller's quota of pushes is used up. The request has been counted. */
  requireQuota(): Promise<void>;
  /** Decides again on the same inputs, at the moment of the call. @throws Problem for every verdict but yes. */
  reauthorize(): Promise<void>;
}

/**
 * Steps 2 to 7 of docs/how-a-connection-works.md, in their order: everything before the intent. A denial has been recorded when
 * it is thrown.
 *
 * @throws Problem for every verdict but yes.
 */
export async function authorizeConnection(call: ConnectCall): Promise<Authorized> {
  const { ports, input, context } = call;
  const { caller, instanceId, reason } = input;
  requireConsistent(input);
  const key = readKey(input.publicKey);
  context.note({ instanceId, publicKeyFingerprint: key.fingerprint });

  const requireQuota = countPush(call);
  const inputs = await gatherInputs(call);
  const facts = {
    actor: caller.id,
    subject: caller.id,
    accountId: call.settings.target.accountId,
    region: call.settings.target.region,
    instanceId,
    publicKeyFingerprint: key.fingerprint,
    reason,
    policyDigest: inputs.policy.digest,
    requestId: context.requestId,
  };
  if (inputs.isSuspended) {
    await recordDenial(call, facts, { refusal: { code: "caller-suspended" } });
    throw new Problem("caller-suspended");
  }
  const evaluation = await evaluate(call, inputs);
  const decided = await requireAuthorized(call, facts, evaluation?.assessment);
  if (!evaluation) throw new Error("Without an evaluation nothing is authorized");
  if (namedOsUser(input, instanceId) === undefined) ports.osUsers.learn(decided.instance, decided.osUser);
  const { credentials, at, pushBy, reevaluate } = evaluation;
  return {
    key,
    facts,
    decided,
    credentials,
    at,
    pushBy,
    hostKeys: inputs.hostKeys,
    requireQuota: () => requireQuota(decided),
    async reauthorize() {
      await requireAuthorized(call, facts, reevaluate().assessment);
    },
  };
}

/** Notes the decision for the log, and records a denial. `assessment` is undefined if the caller may not view the instance. */
async function requireAuthorized(
  call: ConnectCall,
  facts: RequestFacts,
  assessment: Assessment | undefined,
): Promise<Decided> {
  if (assessment) call.context.note(decisionFields(assessment));
  await recordDenial(call, facts, assessment ?? { refusal: { code: "instance-not-found" } });
  if (!assessment) throw new Problem("instance-not-found");
  const { ports, settings, input, context } = call;
  const parties = {
    subject: input.caller.id,
    requestedBy: input.caller.id,
    time: settings.policyTime(context.clock()),
  };
  return requirePermitted(nameReviewers(ports.policy, assessment, parties, settings));
}

/** What was decided about an instance that the caller may view. */
interface Evaluation {
  readonly assessment: Assessment;
  /** They push for the assessment's OS user. */
  readonly credentials: SessionCredentials;
  /** The moment of the evaluation. */
  readonly at: Date;
  /** No push attempt starts later: five seconds later at most, and not after the request's deadline or the end of the access. */
  readonly pushBy: Date;
  /** Evaluates the same inputs at the moment of the call. */
  readonly reevaluate: () => Evaluation;
}

/**
 * Steps 4 to 7. If the connection is to be made under an access request, that request has been reserved until `pushBy`; one that
 * was revoked or has expired meanwhile has been left out.
 *
 * @returns undefined if there is no such instance, or the caller may not view it.
 * @throws Problem `invalid-request` if the options do not fit the instance; and as the ports do.
 */
async function evaluate(
  call: ConnectCall,
  { policy, described: instance, endpoints, hostKeys, slots, guess }: Inputs,
): Promise<Evaluation | undefined> {
  const { ports, settings, input, context } = call;
  const { signal } = context.deadline;
  if (!mayView(policy, input.caller, instance)) return undefined;

  const imageId = namedOsUser(input, instance.instanceId) === undefined ? decidingImage(instance) : undefined;
  const imageName = imageId && (await ports.network.readImageNames([imageId], signal)).get(imageId);
  const osUser = osUserOf({ options: input, instance, imageName }, settings);
  const { accessRequests: own, credentials } = osUser === guess.osUser ? guess : await gatherForOsUser(call, osUser);

  const covered = { subject: input.caller.id, instance, osUser, now: context.clock() };
  const stored = { policy, own, slots, covered };
  const { accessRequests, ...parties } = await readAccess(ports.access, settings, stored, context);

  const evaluateNow = (left: readonly AccessRequest[]): Evaluation => {
    const at = context.clock();
    const situation = {
      caller: input.caller,
      instance,
      imageName,
      endpoints,
      hostKeys,
      options: input,
      accessRequests: left,
      ...parties,
      now: at,
      time: settings.policyTime(at),
      sourceIp: context.sourceIp,
    };
    const assessment = assessConnection(policy, situation, settings);
    // A suspension ends what has read the caller's state before it: with the request's own deadline.
    const inTime = earlier(secondsAfter(at, pushWindow), context.deadline.at);
    const pushBy = assessment.access ? earlier(inTime, new Date(assessment.access.expiresAt)) : inTime;
    return { assessment, credentials, at, pushBy, reevaluate: () => evaluateNow(left) };
  };
  let left = accessRequests;
  for (;;) {
    const evaluation = evaluateNow(left);
    const { assessment, pushBy, at } = evaluation;
    const { access, refusal } = assessment;
    if (refusal || !access) return evaluation;
    if (await ports.access.reserveAccess({ request: access, pushBy, now: at }, signal)) return evaluation;
    // It has ended meanwhile. Another may cover the connection too.
    left = left.filter(({ id }) => id !== access.id);
  }
}
