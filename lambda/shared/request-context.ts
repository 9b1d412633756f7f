import type { Context } from "aws-lambda";
import { type Deadline, deadlineOf } from "./deadline.ts";

/** The fields of a request's one log line. Never a key, a token, a tunnel URL or unchecked input. */
export interface LogFields {
  requestId?: string;
  awsRequestId?: string;
  route?: string;
  callerId?: string;
  callerKind?: string;
  instanceId?: string;
  /** Where the instance was looked for, as `<account>/<region>`, with more than one target. */
  target?: string;
  /** The targets, `<account>/<region>`, that all claim the instance's id, if it is more than one. */
  claimedBy?: readonly string[];
  /** Whether the request names an instance that is absent, or that the caller may not see, although it is no 404. */
  unseen?: boolean;
  osUser?: string;
  connectionType?: string;
  connectionId?: string;
  /** The item that counts the denial. */
  denialId?: string;
  publicKeyFingerprint?: string;
  /** Fingerprints of the host keys to register. */
  hostKeyFingerprints?: readonly string[];
  policies?: readonly string[];
  /** The access request that the request is about, or that policy evaluated. */
  accessRequestId?: string;
  breakGlass?: boolean;
  /** Calls that failed for the checks of an instance, each with the code of its problem. */
  undescribed?: readonly string[];
  /** If it could not be written that the person has called. */
  person?: "unrecorded";
  /**
   * With an Idempotency-Key: `first` and `repeated` ran, `replayed` returned a stored response, `unrecorded` ran but its record
   * could not be written.
   */
  idempotency?: "first" | "repeated" | "replayed" | "unrecorded";
}

/** What every story gets besides its input, whether an HTTP request, a chat click or a worker calls it. */
export interface RequestContext {
  readonly requestId: string;
  /** The address that the front door saw the request come from. A worker's work comes from none. */
  readonly sourceIp?: string | undefined;
  /** The chat that it came by: `slack`. Undefined: a front door of the API. */
  readonly via?: string | undefined;
  readonly deadline: Deadline;
  readonly clock: () => Date;
  /** Adds fields to the request's log line; a later value replaces an earlier one. */
  note(fields: LogFields): void;
}

/**
 * The context of one invocation.
 *
 * @param fields receives what is noted.
 */
export function requestContext(
  request: Pick<RequestContext, "requestId" | "sourceIp" | "via">,
  lambda: Pick<Context, "getRemainingTimeInMillis">,
  fields: LogFields,
  clock = () => new Date(),
): RequestContext {
  return { ...request, deadline: deadlineOf(lambda), clock, note: (more) => void Object.assign(fields, more) };
}

/** The context of a worker's invocation, which has one log line for all its items: nothing is noted for a single one. */
export const workerContext = (lambda: Context): RequestContext =>
  requestContext({ requestId: lambda.awsRequestId }, lambda, {});
