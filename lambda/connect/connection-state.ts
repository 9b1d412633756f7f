import type { EventType } from "../../contract/audit-event.ts";
import type { Connection } from "../../contract/connection.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { secondsAfter } from "../shared/time.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";

/** What is on record of a connection, whatever comes of it. Everything that an auditor asks for, nothing secret. */
export interface ConnectionFacts {
  readonly connectionId: string;
  /** The caller's id; and the person for whom it is, who is the caller. */
  readonly actor: string;
  readonly subject: string;
  readonly instanceId: string;
  readonly publicKeyFingerprint: string;
  readonly reason?: string | undefined;
  /** The access request that policy was told of, and whether that one breaks the glass: it carries what is permitted. */
  readonly accessRequestId?: string | undefined;
  readonly breakGlass?: boolean | undefined;
  /** The policies that decided, and which set of policies they are of. */
  readonly policies: readonly string[];
  readonly policyDigest: string;
  readonly requestId: string;
  readonly at: Date;
}

/** What is on record before a key is pushed. */
export interface IntendedConnection extends ConnectionFacts {
  readonly osUser: string;
  readonly connectionType: Connection["connectionType"];
  /** What is dialled: an address, or the name of the host that serves the serial console. */
  readonly address: string;
  readonly port: number;
  readonly endpointId?: string | undefined;
  /** No push attempt starts later. */
  readonly pushBy: Date;
  /** The connection's last event before this intent: more than 0 where its key is pushed anew. */
  readonly afterSequence?: number | undefined;
}

/** What became of it. */
export type ConnectionOutcome =
  | {
      readonly status: "pushed";
      readonly at: Date;
      readonly expiresAt: Date;
      readonly awsRequestId: string | undefined;
    }
  | { readonly status: "failed"; readonly at: Date; readonly code: ProblemCode };

/** A connection that policy has refused, or whose instance is absent or unseen, which the caller cannot tell apart. */
export interface DeniedConnection extends ConnectionFacts {
  /** What the caller was answered. */
  readonly code: ProblemCode;
  /** Left out where it was not found out. */
  readonly osUser?: string | undefined;
  /** With `approval-required`. */
  readonly requirements?: Requirements | undefined;
}

/**
 * One state of a connection's item: the state, its number, and the event that made it, all in one write. Times are ISO 8601
 * in UTC.
 */
export interface ConnectionState {
  readonly status: "intended" | "denied" | ConnectionOutcome["status"];
  /** Counts the item's changes from 1, without gaps. */
  readonly sequence: number;
  /** Not of a connection that was denied. */
  readonly pushBy?: string;
  /** While intended: when whoever intended it cannot report any more, and the sweep says that nobody knows. */
  readonly due?: "outcome";
  readonly dueAt?: string;
  readonly events: readonly [TrailEvent];
}

/** Seconds after `pushBy` without an outcome: the function that pushes has ended long before (its time-out is 10 s). */
const outcomeGrace = 30;

/** What goes on record before the push. */
export function intendedState(connection: IntendedConnection): ConnectionState {
  return {
    ...stateOf(connection, "intended", 1, connection.at, {}),
    due: "outcome",
    dueAt: secondsAfter(connection.pushBy, outcomeGrace).toISOString(),
  };
}

/** What goes on record after it: the facts again, and what became of the push. */
export function outcomeState(
  connection: IntendedConnection,
  { status, at, ...outcome }: ConnectionOutcome,
): ConnectionState {
  return stateOf(connection, status, 2, at, outcome);
}

/** What goes on record in place of an intent where nothing is to be pushed. */
export function deniedState({ connectionId, at, ...facts }: DeniedConnection): ConnectionState {
  return { status: "denied", sequence: 1, events: [connectionEvent(connectionId, 1, "connection.denied", at, facts)] };
}

/**
 * The outcome of a push of which nobody has reported, and nobody will: the key may have been pushed or not. Whoever asks
 * knows that those who could have reported are gone.
 *
 * @returns undefined where the connection has an outcome.
 */
export function outcomeUnknownState(
  connectionId: string,
  { status, sequence, pushBy, events: [intent] }: ConnectionState,
  now: Date,
): ConnectionState | undefined {
  if (status !== "intended" || pushBy === undefined) return undefined;
  const { sequence: _, ...facts } = intent.data;
  const data = { ...facts, code: "internal" satisfies ProblemCode, outcome: "unknown" };
  const next = sequence + 1;
  return {
    status: "failed",
    sequence: next,
    pushBy,
    events: [connectionEvent(connectionId, next, "connection.failed", now, data)],
  };
}

function stateOf(
  { connectionId, at: _, pushBy, afterSequence = 0, ...facts }: IntendedConnection,
  status: "intended" | ConnectionOutcome["status"],
  step: 1 | 2,
  at: Date,
  outcome: object,
): ConnectionState {
  const sequence = afterSequence + step;
  const data = { ...facts, ...outcome, pushBy };
  return {
    status,
    sequence,
    pushBy: pushBy.toISOString(),
    events: [connectionEvent(connectionId, sequence, `connection.${status}`, at, data)],
  };
}

function connectionEvent(id: string, sequence: number, type: EventType, at: Date, facts: object): TrailEvent {
  return trailEvent({ collection: "connections", id, sequence, type, at }, facts);
}
