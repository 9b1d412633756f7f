import type { EventType } from "../../contract/audit-event.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import { instanceIn, scopeResponse } from "../shared/scope.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import type { AccessRequest } from "./access-request.ts";
import { grantedSecondsOf } from "./granted-seconds.ts";

/** Who changes an access request, when, and which policies permit it. */
export interface Act {
  /** A caller's id, or `latchkey` for an expiry. */
  readonly actor: string;
  readonly at: Date;
  readonly requestId: string;
  /** The chat, if it was done there: `slack`. */
  readonly via?: string | undefined;
  /** The ids of the policies that permitted it, if policy was evaluated. */
  readonly policies?: readonly string[] | undefined;
  readonly policyDigest?: string | undefined;
}

/** A new access request with its events: one write of one item. */
export interface Creation {
  readonly next: AccessRequest;
  /** Numbered without gaps. */
  readonly events: readonly [TrailEvent, ...TrailEvent[]];
}

/**
 * A change of a stored access request: its next state and the events that record it, in one write of its item. The other fields
 * are for the condition of that write: the item is still as it was, it has not run out of time, and the reviewer may review it.
 */
export interface Change extends Creation {
  /** What the change was decided on. */
  readonly before: AccessRequest;
  /** When it was decided. */
  readonly at: Date;
  /** What the reviewer counts as, if it is a review. */
  readonly reviewer?: string;
  /** The ids that the reviewer has: an integration has several. */
  readonly own?: readonly string[];
}

/** Why a transition is not possible. */
export interface Rejection {
  readonly rejection: Extract<
    ProblemCode,
    | "invalid-request"
    | "access-denied"
    | "self-review"
    | "reviewer-not-allowed"
    | "request-not-pending"
    | "request-not-active"
    | "already-reviewed"
  >;
  /** What is wrong with `durationSeconds`, if the request is invalid. */
  readonly reason?: string;
}

/** One event of a change, and its own facts beside those that every event has. */
export interface Step {
  readonly type: Extract<EventType, `access-request.${string}` | "review.submitted" | "break-glass.used">;
  readonly facts?: object;
}

/** A state without the number of its last event. */
export type Unnumbered = Omit<AccessRequest, "sequence">;

export function creationOf(state: Unnumbered, steps: readonly [Step, ...Step[]], act: Act): Creation {
  return numbered(0, state, steps, act);
}

/**
 * The change from `before`, as it is stored. If scheduled access has started meanwhile, this is the first write to say
 * so, and its first event tells it; `steps` may be empty then.
 */
export function changeOf(before: AccessRequest, state: Unnumbered, steps: readonly Step[], act: Act): Change {
  const hasStarted = before.status === "scheduled" && state.activatedAt !== undefined;
  const [first, ...more] = hasStarted ? [{ type: "access-request.activated" } as const, ...steps] : steps;
  if (!first) throw new Error("Every change makes an event");
  return { before, ...numbered(before.sequence, state, [first, ...more], act), at: act.at };
}

/** Numbers the events after `last`, and gives the state the number of the last of them. */
function numbered(
  last: number,
  state: Unnumbered,
  [first, ...more]: readonly [Step, ...Step[]],
  { at, ...right }: Act,
): Creation {
  const facts = { ...factsOf(state), ...right };
  const eventOf = ({ type, facts: own }: Step, sequence: number) =>
    trailEvent({ collection: "access-requests", id: state.id, sequence, type, at }, { ...facts, ...own });
  return {
    next: { ...state, sequence: last + 1 + more.length },
    events: [eventOf(first, last + 1), ...more.map((step, index) => eventOf(step, last + 2 + index))],
  };
}

/** What every event says about the access request, as the write leaves it. */
function factsOf(state: Unnumbered): object {
  return {
    subject: state.subject,
    requestedBy: state.requestedBy,
    ...instanceIn(state.scope),
    scope: scopeResponse(state.scope),
    osUser: state.osUser,
    accessRequestId: state.id,
    status: state.status,
    reason: state.reason,
    breakGlass: state.breakGlass,
    durationSeconds: state.durationSeconds,
    grantedSeconds: state.expiresAt === undefined ? undefined : grantedSecondsOf(state),
    requirements: state.requirements,
    startsAt: state.startsAt,
    expiresAt: state.expiresAt,
    extension: state.extension && {
      id: state.extension.id,
      status: state.extension.status,
      requestedBy: state.extension.requestedBy,
      durationSeconds: state.extension.durationSeconds,
    },
  };
}
