import { randomUUID } from "node:crypto";
import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import { showDuration } from "../../contract/duration.ts";
import type { Attempt } from "../idempotency/ports.ts";
import { mayView } from "../policy/authorize.ts";
import { bothRequired } from "../policy/requirements.ts";
import { hasScopeKeys } from "../policy/scope-keys.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { scopeKind } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import { requireChange } from "./apply-transition.ts";
import { type AccessEvaluation, evaluateAccessRequest } from "./evaluate-access-request.ts";
import { askersOf, pendingExtension } from "./extension.ts";
import { extend } from "./extension-transitions.ts";
import { type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { requireReviewers } from "./require-reviewers.ts";
import { accessRequestResponse } from "./response.ts";
import { reviewContextOf } from "./review-context.ts";
import { asStarted, statusAt } from "./status.ts";
import { isEndedBySuspension, partiesOf } from "./suspension.ts";

/** Asks for more time for the access request `id` while it is active. */
export interface ExtendAccessRequestInput {
  readonly caller: Caller;
  readonly id: string;
  readonly durationSeconds: number;
  readonly reason: string;
}

/**
 * Asks for an extension of active access, or returns the request with the one that is pending. The instance and policy decide as
 * they are now, as for a new request.
 *
 * @param input with the `attempt` of a call that has an Idempotency-Key.
 * @throws Problem in this order: `access-request-not-found`, `access-denied` as `evaluateAccessRequest`, for break-glass, and for
 *   more than policy permits in all; `request-not-active`; `nobody-can-approve` as `requireReviewers`; and as the ports do.
 */
export async function extendAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  input: ExtendAccessRequestInput & { readonly attempt?: Attempt | undefined },
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const { id, caller, durationSeconds, reason } = input;
  const { clock, requestId, deadline } = context;
  const { signal } = deadline;
  const found = await findVisible(ports, input, context);
  const extensionId = `ex-${(input.attempt?.resultId ?? randomUUID()).slice(-12)}`;
  return retryOnConflict<AccessRequest | undefined, AccessRequestResponse>(
    found.request,
    () => ports.store.read(id, signal),
    async (current) => {
      if (!current) throw new Error("Access requests are never deleted while they can change");
      const at = clock();
      // An earlier write was applied, and its response was lost.
      if (current.extension?.id === extensionId) return accessRequestResponse(current, at);
      const evaluation = authorizeExtension(settings, input, { ...found, request: current }, context);
      const suspensions = await ports.suspensions.readSuspensions(partiesOf(current), signal);
      if (isEndedBySuspension(current, suspensions)) throw new Problem("request-not-active");
      if (pendingExtension(current, at)) return { ...accessRequestResponse(current, at), isPreexisting: true };
      if (statusAt(current, at) !== "active") throw new Problem("request-not-active");
      requireTotal(asStarted(current, at), durationSeconds, evaluation);
      const { pendingTimeoutSeconds, policies, instance } = evaluation;
      const requirements = await requireReviewers(
        ports.suspensions,
        found.policy,
        {
          requirements: evaluation.requirements,
          instance,
          request: reviewContextOf(current, { time: settings.policyTime(at) }),
          askers: [...askersOf({ ...current, extension: undefined }), caller.id],
          sources: settings,
        },
        signal,
      );
      const asked = { id: extensionId, durationSeconds, reason, requirements, pendingTimeoutSeconds };
      const act = { actor: caller.id, at, requestId, policies, policyDigest: found.policy.digest };
      const extended = await ports.store.change(requireChange(extend(current, asked, act)), signal);
      return extended && accessRequestResponse(extended, at);
    },
  );
}

/**
 * Decides whether the caller may ask for this extension, also once the request has changed.
 *
 * @returns the policy's terms, and at least what the request needed, since these approvals count in place of its own.
 * @throws Problem `access-denied`.
 */
export function authorizeExtension(
  { possibleGroups, policyTime, scopeTags }: AccessSettings,
  { caller, durationSeconds, reason }: ExtendAccessRequestInput,
  { policy, request, instance }: Found,
  { clock, note, sourceIp }: Pick<RequestContext, "clock" | "note" | "sourceIp">,
): AccessEvaluation & { readonly instance: Instance } {
  const { subject, osUser, expiresAt, scope } = request;
  if (!mayView(policy, caller, instance) || !hasScopeKeys(policy, scopeTags, scope)) throw new Problem("access-denied");
  if (request.breakGlass) {
    throw new Problem("access-denied", { detail: "Access by break-glass cannot be extended. Ask for access instead." });
  }
  const at = clock();
  const isActive = statusAt(request, at) === "active" && expiresAt !== undefined;
  const evaluation = evaluateAccessRequest(
    policy,
    { caller, subject, osUser, durationSeconds, reason, breakGlass: false },
    {
      instance,
      scope: scopeKind(scope),
      ...{ time: policyTime(at), sourceIp },
      possibleGroups,
      extends: isActive ? new Date(expiresAt) : at,
    },
  );
  note({ policies: evaluation.policies });
  return { ...evaluation, instance, requirements: bothRequired(evaluation.requirements, request.requirements) };
}

/** @throws Problem `access-denied` if active access would last longer than policy permits in all. */
function requireTotal(
  { activatedAt, expiresAt }: AccessRequest,
  durationSeconds: number,
  { maxTotalSeconds }: AccessEvaluation,
): void {
  if (activatedAt === undefined || expiresAt === undefined) return;
  const total = (Date.parse(expiresAt) - Date.parse(activatedAt)) / 1000 + durationSeconds;
  if (total <= maxTotalSeconds) return;
  const detail = `Policy permits access for at most ${showDuration(maxTotalSeconds)} in all.`;
  throw new Problem("access-denied", { detail });
}
