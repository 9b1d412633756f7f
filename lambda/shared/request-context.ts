import type { Deadline } from "./deadline.ts";

/** What a request's one log line says beside its verdict. Never a key, a token, a tunnel URL or unchecked input. */
export interface LogFields {
  requestId?: string;
  awsRequestId?: string;
  route?: string;
  callerId?: string;
  callerKind?: string;
  instanceId?: string;
  osUser?: string;
  connectionType?: string;
  connectionId?: string;
  publicKeyFingerprint?: string;
  /** Of the host keys to be registered. */
  hostKeyFingerprints?: readonly string[];
  policies?: readonly string[];
  /** The access request that the request is about, or that policy evaluated. */
  accessRequestId?: string;
  breakGlass?: boolean;
  /**
   * With an Idempotency-Key: `first` and `repeated` ran, `replayed` returned a stored response, `unrecorded` ran but its record
   * could not be written.
   */
  idempotency?: "first" | "repeated" | "replayed" | "unrecorded";
}

/** What every story gets beside its input, whoever calls it: an HTTP request, a chat click, a worker. */
export interface RequestContext {
  readonly requestId: string;
  readonly deadline: Deadline;
  readonly clock: () => Date;
  /** Adds fields to the request's log line; a later value replaces an earlier one. */
  note(fields: LogFields): void;
}
