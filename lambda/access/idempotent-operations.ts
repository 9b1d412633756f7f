import { type AccessRequestResponse, accessRequest } from "../../contract/access-request.ts";
import type { IdempotentOperation } from "../idempotency/ports.ts";
import type { AccessRequest } from "./access-request.ts";
import { authorizeRequest, type CreateRequest } from "./authorize-request.ts";
import type { Refusal } from "./change.ts";
import { type Command, requireTaken } from "./command.ts";
import { createAccessRequest } from "./create.ts";
import {
  type CancelRequest,
  cancelAccessRequest,
  cancelBy,
  type RevokeRequest,
  revokeAccessRequest,
  revokeBy,
} from "./end.ts";
import { type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { type ReviewRequest, reviewAccessRequest, reviewBy } from "./review.ts";

// What these routes do under an Idempotency-Key. None of their answers holds a secret, so each is kept as it is.

type Again<Request> = IdempotentOperation<Request, AccessRequestResponse, AccessRequestResponse>;

/** After a run that was cut off, the request that it has made is answered, whatever has become of it. */
export function idempotentCreation(ports: AccessPorts, settings: AccessSettings): Again<CreateRequest> {
  return {
    run: (request, attempt) => createAccessRequest(ports, settings, request, attempt),
    stored: accessRequest,
    async replay(stored, request) {
      request.facts.accessRequestId = stored.id;
      await authorizeRequest(ports, settings, request);
      return stored;
    },
  };
}

export function idempotentReview(ports: AccessPorts, settings: AccessSettings): Again<ReviewRequest> {
  return repeatable(ports, {
    run: (request) => reviewAccessRequest(ports, settings, request),
    command: (request, found) => reviewBy(settings, request, found),
    isDone: ({ caller, body }, { reviews }) =>
      reviews.some(({ reviewer, decision }) => reviewer === caller.id && decision === body.decision),
  });
}

export function idempotentCancellation(ports: AccessPorts): Again<CancelRequest> {
  return repeatable(ports, {
    run: (request) => cancelAccessRequest(ports, request),
    command: cancelBy,
    isDone: (_, { status }) => status === "cancelled",
  });
}

export function idempotentRevocation(ports: AccessPorts, settings: AccessSettings): Again<RevokeRequest> {
  return repeatable(ports, {
    run: (request) => revokeAccessRequest(ports, settings, request),
    command: (request, found) => revokeBy(settings, request, found),
    isDone: (_, { status }) => status === "revoked",
  });
}

interface Changing<Request> {
  run(request: Request): Promise<AccessRequestResponse>;
  command(request: Request, found: Found): Command;
  /** Whether the access request has become what it was to become. */
  isDone(request: Request, current: AccessRequest): boolean;
}

/** @throws Problem as the route does, but for what the first run has brought about itself. */
function repeatable<Request extends ReviewRequest | CancelRequest | RevokeRequest>(
  ports: AccessPorts,
  { run, command, isDone }: Changing<Request>,
): Again<Request> {
  const authorizeAgain = async (request: Request): Promise<AccessRequest> => {
    const found = await findVisible(ports, request);
    const outcome = command(request, found)(found.request, ports.clock());
    if (!("refusal" in outcome && isOfState(outcome))) requireTaken(outcome);
    return found.request;
  };
  return {
    async run(request, attempt) {
      if (attempt?.isRepeated) {
        // A run before was cut off, perhaps behind its write. Then the answer is what that has made of it.
        const current = await authorizeAgain(request);
        if (isDone(request, current)) return accessRequestResponse(current, ports.clock());
      }
      return run(request);
    },
    stored: accessRequest,
    async replay(stored, request) {
      await authorizeAgain(request);
      return stored;
    },
  };
}

/** Refusals for what has been done already: whoever gets them might have done it. */
const ofState: ReadonlySet<Refusal["refusal"]> = new Set([
  "request-not-pending",
  "request-not-active",
  "already-reviewed",
]);

const isOfState = ({ refusal }: Refusal) => ofState.has(refusal);
