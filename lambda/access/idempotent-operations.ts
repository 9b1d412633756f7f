import { type AccessRequestResponse, accessRequest } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { IdempotentOperation } from "../idempotency/ports.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { AccessRequest } from "./access-request.ts";
import { requireChange, type Transition } from "./apply-transition.ts";
import type { Rejection } from "./change.ts";
import { authorizeCreation, type CreateAccessRequestInput, createAccessRequest } from "./create.ts";
import {
  cancelAccessRequest,
  cancellation,
  type EndAccessRequestInput,
  type RevokeAccessRequestInput,
  revocation,
  revokeAccessRequest,
  toCancel,
  toRevoke,
} from "./end.ts";
import { authorizeExtension, type ExtendAccessRequestInput, extendAccessRequest } from "./extend.ts";
import { allReviewsOf } from "./extension.ts";
import { type FindAccessRequest, type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { type ReviewAccessRequestInput, reviewAccessRequest, reviewing } from "./review.ts";

// The operations on access requests as they run under an Idempotency-Key. Their responses contain no secret, so each is stored
// as it is.

type Idempotent<Input> = IdempotentOperation<Input, AccessRequestResponse, AccessRequestResponse>;

/** If a run was interrupted, the next one returns the request that it has created, in any status. */
export function idempotentCreation(ports: AccessPorts, settings: AccessSettings): Idempotent<CreateAccessRequestInput> {
  return {
    run: (input, context, attempt) => createAccessRequest(ports, settings, { ...input, attempt }, context),
    stored: accessRequest,
    async replay(stored, input, context) {
      context.note({ accessRequestId: stored.id });
      await authorizeCreation(ports, settings, input, context);
      return stored;
    },
  };
}

export function idempotentReview(ports: AccessPorts, settings: AccessSettings): Idempotent<ReviewAccessRequestInput> {
  return idempotentChange(ports, {
    run: (input, context) => reviewAccessRequest(ports, settings, input, context),
    transition: (input, found, context) => reviewing({ ...ports, ...settings }, input, found, context),
    // A repeated review of the request must not become one of an extension that the reviewer has not seen.
    isDone: ({ caller, decision, about }, request) =>
      reviewsAbout(about, request).some((review) => review.reviewer === caller.id && review.decision === decision),
  });
}

/** The reviews of what the reviewer has seen; all of them if that is not known. */
function reviewsAbout(about: ReviewAccessRequestInput["about"], request: AccessRequest): AccessRequest["reviews"] {
  if (about === undefined) return allReviewsOf(request);
  if (about.extensionId === undefined) return request.reviews;
  return request.extension?.id === about.extensionId ? request.extension.reviews : [];
}

/** If a run was interrupted after its write, the next one returns the request with the extension that it has asked for. */
export function idempotentExtension(
  ports: AccessPorts,
  settings: AccessSettings,
): Idempotent<ExtendAccessRequestInput> {
  return {
    run: (input, context, attempt) => extendAccessRequest(ports, settings, { ...input, attempt }, context),
    stored: accessRequest,
    async replay(stored, input, context) {
      authorizeExtension(settings, input, await findVisible(ports, input, context), context);
      return stored;
    },
  };
}

export function idempotentCancellation(
  ports: AccessPorts,
  settings: AccessSettings,
): Idempotent<EndAccessRequestInput> {
  return idempotentChange(ports, {
    toFind: toCancel,
    run: (input, context) => cancelAccessRequest(ports, settings, input, context),
    transition: (input, _, context) => cancellation(input, context),
    isDone: (_, { status, extension }) =>
      status === "cancelled" || (status === "active" && extension?.status === "cancelled"),
  });
}

export function idempotentRevocation(
  ports: AccessPorts,
  settings: AccessSettings,
): Idempotent<RevokeAccessRequestInput> {
  return idempotentChange(ports, {
    toFind: toRevoke,
    run: (input, context) => revokeAccessRequest(ports, settings, input, context),
    transition: (input, found, context) => revocation(settings, input, found, context),
    isDone: (_, { status }) => status === "revoked",
  });
}

interface ChangeOperation<Input> {
  /** What to find, if that is more than the request by its id. */
  toFind?(input: Input): FindAccessRequest;
  run(input: Input, context: RequestContext): Promise<AccessRequestResponse>;
  transition(input: Input, found: Found, context: RequestContext): Transition;
  /** Whether the access request already is as the operation would leave it. */
  isDone(input: Input, current: AccessRequest): boolean;
}

/** @throws Problem as the operation does, except for rejections that the first run itself has caused. */
function idempotentChange<Input extends { readonly caller: Caller; readonly id: string }>(
  ports: AccessPorts,
  { run, transition, isDone, toFind = (input) => input }: ChangeOperation<Input>,
): Idempotent<Input> {
  const authorizeAgain = async (input: Input, context: RequestContext): Promise<AccessRequest> => {
    const found = await findVisible(ports, toFind(input), context);
    const outcome = await transition(input, found, context)(found.request, context.clock());
    if (!("rejection" in outcome && isByState(outcome))) requireChange(outcome);
    return found.request;
  };
  return {
    async run(input, context, attempt) {
      if (attempt?.isRepeated) {
        // An earlier run was interrupted, perhaps after its write. If so, the response is what it wrote.
        const current = await authorizeAgain(input, context);
        if (isDone(input, current)) return accessRequestResponse(current, context.clock());
      }
      return run(input, context);
    },
    stored: accessRequest,
    async replay(stored, input, context) {
      await authorizeAgain(input, context);
      return stored;
    },
  };
}

/** Rejections by the request's state, after the caller's right has been checked: the caller could have made the change. */
const byState: ReadonlySet<Rejection["rejection"]> = new Set([
  "request-not-pending",
  "request-not-active",
  "already-reviewed",
]);

const isByState = ({ rejection }: Rejection) => byState.has(rejection);
