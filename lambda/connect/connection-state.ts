import type { Connection } from "../../contract/connection.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import type { InstanceKey } from "../shared/instance.ts";
import { secondsAfter } from "../shared/time.ts";
import { type EventOf, type TrailEvent, trailEvent } from "../shared/trail-event.ts";

/** What is recorded of every connection: everything that an auditor needs, nothing secret. */
export interface ConnectionFacts extends InstanceKey {
  readonly connectionId: string;
  /** The caller's id. */
  readonly actor: string;
  /** Who connects: today the caller. */
  readonly subject: string;
  readonly publicKeyFingerprint: string;
  readonly reason?: string | undefined;
  /** The access request that policy was evaluated with, and whether it is break-glass. */
  readonly accessRequestId?: string | undefined;
  readonly breakGlass?: boolean | undefined;
  /** The ids of the policies that decided, and the digest of the whole set. */
  readonly policies: readonly string[];
  readonly policyDigest: string;
  readonly requestId: string;
  readonly at: Date;
}

/** What is recorded before a key is pushed. */
export interface IntendedConnection extends ConnectionFacts {
  readonly osUser: string;
  readonly connectionType: Connection["connectionType"];
  /** The host to dial: an address, or the name of the serial console's host. */
  readonly address: string;
  readonly port: number;
  readonly endpointId?: string | undefined;
  /** No push attempt starts later. */
  readonly pushBy: Date;
  /** The sequence of the connection's last event before this intent: more than 0 if a key is pushed again. */
  readonly afterSequence?: number | undefined;
}

/** The outcome of a push. */
export type ConnectionOutcome =
  | {
      readonly status: "pushed";
      readonly at: Date;
      readonly expiresAt: Date;
      readonly awsRequestId: string | undefined;
    }
  | { readonly status: "failed"; readonly at: Date; readonly code: ProblemCode };

/**
 * One state of a connection's item: the state, its number, and the event that made it, all in one write. Times are ISO 8601
 * in UTC.
 */
export interface ConnectionState {
  readonly status: "intended" | ConnectionOutcome["status"];
  /** Counts the item's changes from 1, without gaps. */
  readonly sequence: number;
  readonly pushBy?: string;
  /** While intended: when no outcome can come any more, and the sweep records that it is unknown. */
  readonly due?: "outcome";
  readonly dueAt?: string;
  readonly events: readonly [TrailEvent];
}

/**
 * Seconds after `pushBy` until a missing outcome is unknown: the pushing function, with its time-out of 10 s, has ended
 * by then.
 */
const outcomeGrace = 30;

/** Seconds that a pushed key stays in instance metadata. */
const keyLife = 60;

/** When a key expires that was pushed by an attempt that started at `startedAt`: never later than AWS removes it. */
export function keyExpiry(startedAt: Date): Date {
  return secondsAfter(startedAt, keyLife);
}

/** The state before the push. */
export function intendedState(connection: IntendedConnection): ConnectionState {
  return {
    ...stateOf(connection, { status: "intended", at: connection.at }),
    due: "outcome",
    dueAt: secondsAfter(connection.pushBy, outcomeGrace).toISOString(),
  };
}

/** The state after the push: the facts again, and the outcome. */
export function outcomeState(connection: IntendedConnection, outcome: ConnectionOutcome): ConnectionState {
  return stateOf(connection, outcome);
}

/**
 * The state after a push whose outcome is lost: the key may have been pushed or not. The caller makes sure that no outcome can
 * come any more.
 *
 * @returns undefined if the connection has an outcome.
 */
export function outcomeUnknownState(
  id: string,
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
    events: [connectionEvent({ id, sequence: next, status: "failed", at: now }, data)],
  };
}

function stateOf(
  { connectionId: id, at: _, pushBy, afterSequence = 0, ...facts }: IntendedConnection,
  { status, at, ...outcome }: ConnectionOutcome | { readonly status: "intended"; readonly at: Date },
): ConnectionState {
  const sequence = afterSequence + (status === "intended" ? 1 : 2);
  const data = { ...facts, ...outcome, pushBy };
  return {
    status,
    sequence,
    pushBy: pushBy.toISOString(),
    events: [connectionEvent({ id, sequence, status, at }, data)],
  };
}

type Change = Pick<EventOf, "id" | "sequence" | "at"> & Pick<ConnectionState, "status">;

function connectionEvent({ id, sequence, status, at }: Change, facts: object): TrailEvent {
  return trailEvent({ collection: "connections", id, sequence, type: `connection.${status}`, at }, facts);
}
