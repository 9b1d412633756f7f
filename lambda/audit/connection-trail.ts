import type { ConnectionOption } from "../contract/instance.ts";
import type { ProblemCode } from "../contract/problem.ts";

/** What is on record of a connection before its key is pushed. Everything that an auditor asks for, nothing secret. */
export interface IntendedConnection {
  readonly connectionId: string;
  /** The caller's id; and the person for whom it is, who is the caller. */
  readonly actor: string;
  readonly subject: string;
  readonly instanceId: string;
  readonly osUser: string;
  readonly connectionType: ConnectionOption["connectionType"];
  readonly address: string;
  readonly port: number;
  readonly endpointId?: string | undefined;
  readonly publicKeyFingerprint: string;
  readonly reason?: string | undefined;
  /** The policies that permitted it, and which set of policies they are of. */
  readonly policies: readonly string[];
  readonly policyDigest: string;
  readonly requestId: string;
  readonly at: Date;
  /** No push attempt starts later. */
  readonly pushBy: Date;
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

/** A CloudEvent 1.0: what the table's stream will hand to the trail. */
export interface TrailEvent {
  readonly specversion: "1.0";
  /** The same however often it is delivered. */
  readonly id: string;
  readonly source: "latchkey";
  readonly type: `latchkey.connection.${"intended" | ConnectionOutcome["status"]}`;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly sequence: number };
}

/** One state of a connection's item: the state, its number, and the event that made it, all in one write. */
export interface ConnectionState {
  readonly status: "intended" | ConnectionOutcome["status"];
  /** Counts the item's changes from 1, without gaps. */
  readonly sequence: number;
  readonly pushBy: string;
  readonly event: TrailEvent;
}

export function intendedState(connection: IntendedConnection): ConnectionState {
  return state(connection, "intended", 1, connection.at, {});
}

export function outcomeState(
  connection: IntendedConnection,
  { status, at, ...outcome }: ConnectionOutcome,
): ConnectionState {
  return state(connection, status, 2, at, outcome);
}

function state(
  { connectionId, at: _, pushBy, ...facts }: IntendedConnection,
  status: ConnectionState["status"],
  sequence: number,
  at: Date,
  outcome: Readonly<Record<string, unknown>>,
): ConnectionState {
  const data = plain({ sequence, ...facts, ...outcome, pushBy });
  return {
    status,
    sequence,
    pushBy: pushBy.toISOString(),
    event: {
      specversion: "1.0",
      id: `${connectionId}.${sequence}`,
      source: "latchkey",
      type: `latchkey.connection.${status}`,
      subject: `connections/${connectionId}`,
      time: at.toISOString(),
      data,
    },
  };
}

/** As JSON has it: times as text, absent fields left out. */
function plain<T extends object>(data: T): T & Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(data));
}
