import type { AccessRequestResponse, AccessRequestStatus } from "../../contract/access-request.ts";
import type { Requirements } from "../../contract/requirements.ts";

/** What at most one access request may be open for. */
export interface AccessTarget {
  readonly subject: string;
  readonly instanceId: string;
  readonly osUser: string;
}

/** An access request as the table holds it. Times are ISO 8601 in UTC, with milliseconds, so that text sorts as time does. */
export interface AccessRequest extends AccessTarget {
  readonly id: string;
  readonly status: AccessRequestStatus;
  readonly requestedBy: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
  readonly requirements: Requirements;
  readonly reviews: AccessRequestResponse["reviews"];
  readonly createdAt: string;
  readonly pendingUntil: string;
  readonly activatedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  /** When it reached a final status. */
  readonly endedAt?: string | undefined;
  /** Of its last event: counts from 1, without gaps. */
  readonly sequence: number;
  /** The latest moment at which a push may start that it has carried. */
  readonly pushBy?: string | undefined;
}
