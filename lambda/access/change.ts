import type { EventType } from "../../contract/audit-event.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import type { AccessRequest } from "./access-request.ts";

/** Who does something to an access request, when, and by what right. */
export interface Act {
  /** A caller's id, or `latchkey` where time does it. */
  readonly actor: string;
  readonly at: Date;
  readonly requestId: string;
  /** The ids of the policies that permitted it, where policy was asked. */
  readonly policies?: readonly string[] | undefined;
  readonly policyDigest?: string | undefined;
}

/** A new access request with the events that it makes: one write of one item. */
export interface Creation {
  readonly next: AccessRequest;
  /** Numbered without gaps. */
  readonly events: readonly [TrailEvent, ...TrailEvent[]];
}

/**
 * A change of an access request that is stored already: its next state and the events that make it so, in one write of its
 * item. The rest is for that write's condition: it holds only while the item is what was decided on, its time not over at the
 * moment of the decision, and the reviewer nobody who may not review.
 */
export interface Change extends Creation {
  /** What was decided on. */
  readonly before: AccessRequest;
  /** When it was decided, as the clock said. */
  readonly at: Date;
  /** Whose review it is, where it is one. */
  readonly reviewer?: string;
}

/** Why a command does not change anything. */
export interface Refusal {
  readonly refusal: Extract<
    ProblemCode,
    | "access-denied"
    | "self-review"
    | "reviewer-not-allowed"
    | "request-not-pending"
    | "request-not-active"
    | "already-reviewed"
  >;
}

/** One event, and what it tells beside what each of them does. */
export interface Step {
  readonly type: Extract<EventType, `access-request.${string}` | "review.submitted" | "break-glass.used">;
  readonly facts?: object;
}

/** All of a state but the number of its last event. */
export type Unnumbered = Omit<AccessRequest, "sequence">;

export function creationOf(state: Unnumbered, steps: readonly [Step, ...Step[]], act: Act): Creation {
  return numbered(0, state, steps, act);
}

export function changeOf(
  before: AccessRequest,
  state: Unnumbered,
  steps: readonly [Step, ...Step[]],
  act: Act,
): Change {
  return { before, ...numbered(before.sequence, state, steps, act), at: act.at };
}

/** Numbers the events on from the last one, and gives the state the number that is the last one now. */
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

/** What every event tells of the request, as the write leaves it. */
function factsOf(state: Unnumbered): object {
  return {
    subject: state.subject,
    requestedBy: state.requestedBy,
    instanceId: state.instanceId,
    osUser: state.osUser,
    accessRequestId: state.id,
    status: state.status,
    reason: state.reason,
    breakGlass: state.breakGlass,
    durationSeconds: state.durationSeconds,
    requirements: state.requirements,
    expiresAt: state.expiresAt,
  };
}
