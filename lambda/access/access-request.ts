import type { AccessRequestResponse, AccessRequestStatus } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { ReviewContext } from "../policy/authorize.ts";
import type { InstanceKey } from "../shared/instance.ts";
import type { Scope } from "../shared/scope.ts";

/** What at most one access request for one instance can be open for. */
export interface AccessTarget extends InstanceKey {
  readonly subject: string;
  readonly osUser: string;
}

/** A review as it is stored. */
export type Review = AccessRequestResponse["reviews"][number] & {
  /** Of a request with a scope of tags: what it was decided on, since it is evaluated again for each instance. */
  readonly basis?: ReviewBasis | undefined;
};

export interface ReviewBasis {
  readonly kind: Caller["kind"];
  readonly groups: readonly string[];
  readonly context: ReviewContext;
}

/** More time for active access: a part of its request, one at a time. */
export interface Extension
  extends Pick<
    AccessRequest,
    | "id"
    | "requestedBy"
    | "durationSeconds"
    | "reason"
    | "requirements"
    | "reviews"
    | "createdAt"
    | "pendingUntil"
    | "endedAt"
  > {
  readonly status: NonNullable<AccessRequestResponse["extension"]>["status"];
}

/** An access request as it is stored. Times are ISO 8601 in UTC with milliseconds, so that they sort as text. */
export interface AccessRequest {
  readonly id: string;
  readonly status: AccessRequestStatus;
  readonly subject: string;
  readonly requestedBy: string;
  readonly scope: Scope;
  readonly osUser: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
  readonly requirements: Requirements;
  readonly reviews: readonly Review[];
  readonly createdAt: string;
  readonly pendingUntil: string;
  /** When access is to start, if it is scheduled. */
  readonly startsAt?: string | undefined;
  readonly activatedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  /** When it reached a final status. */
  readonly endedAt?: string | undefined;
  readonly isEndedBySuspension?: boolean | undefined;
  /** The last extension that was asked for. */
  readonly extension?: Extension | undefined;
  /** The reviews that extended it last. From then on policy counts these: each reviewer has seen the new end. */
  readonly extendedBy?: readonly Review[] | undefined;
  /** Number of its last event. Events are numbered from 1, without gaps. */
  readonly sequence: number;
  /** The latest time at which a push made under this request may start. */
  readonly pushBy?: string | undefined;
}
