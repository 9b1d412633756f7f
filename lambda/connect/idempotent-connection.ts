import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import { type Connection, connection } from "../../contract/connection.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { Attempt, IdempotentOperation } from "../idempotency/ports.ts";
import { secondsAfter } from "../shared/time.ts";
import type { Decided } from "./assess.ts";
import { authorizeConnection } from "./authorize.ts";
import { type ConnectionState, outcomeUnknownState } from "./connection-state.ts";
import { makeConnection } from "./make-connection.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import type { ConnectionRecord } from "./record.ts";
import { serverIdentity } from "./response.ts";
import { tunnelOf } from "./tunnel.ts";

/** Seconds that a key must have left for its answer to be given again: a client has still to connect. */
const leastLife = 45;

export interface ReplayPorts extends ConnectPorts {
  /** By a consistent read; undefined where there is none. */
  readConnection(connectionId: string, signal: AbortSignal): Promise<ConnectionState | undefined>;
}

/** What is kept of an answer. Of a tunnel that is where it leads through, never its URL. */
const storedConnection = connection.extend({
  tunnel: connection.shape.tunnel.unwrap().pick({ endpointId: true }).optional(),
});

type StoredConnection = z.infer<typeof storedConnection>;

/** A connection that is asked for under an Idempotency-Key: whatever is pushed for it is pushed under one record. */
export function idempotentConnection(
  ports: ReplayPorts,
  settings: ConnectSettings,
): IdempotentOperation<CreateConnection, Connection, StoredConnection> {
  return {
    run: async (request, _context, attempt) =>
      makeConnection(ports, settings, request, attempt && (await recordOf(ports, attempt, request.deadline.signal))),
    stored: storedConnection,
    replay: (stored, request) => replayConnection(ports, settings, stored, request),
  };
}

/**
 * The record that an attempt goes on with. Where a run was cut off between its intent and its outcome, it is put on record
 * first that nobody knows the outcome: that run is gone, and an intent follows an outcome only.
 *
 * @throws Problem as the ports do.
 */
async function recordOf(
  ports: ReplayPorts,
  { resultId: connectionId, isRepeated }: Attempt,
  signal: AbortSignal,
): Promise<ConnectionRecord> {
  const state = isRepeated ? await ports.readConnection(connectionId, signal) : undefined;
  if (!state) return { connectionId, sequence: 0 };
  const unknown = outcomeUnknownState(connectionId, state, ports.clock());
  if (unknown) await ports.writeOutcome(connectionId, unknown);
  return { connectionId, sequence: (unknown ?? state).sequence };
}

/**
 * The answer of an earlier request again, once the connection has been authorized as if it were new. The tunnel is presigned
 * anew, for what is left of the access.
 *
 * @returns undefined where the key is about to end, or the connection would not be made in the same way any more.
 * @throws Problem for every verdict but yes.
 */
async function replayConnection(
  ports: ReplayPorts,
  settings: ConnectSettings,
  stored: StoredConnection,
  request: CreateConnection,
): Promise<Connection | undefined> {
  const { decided, hostKeys } = await authorizeConnection(ports, settings, request);
  const { connectionType } = decided.route;
  Object.assign(request.facts, { connectionId: stored.connectionId, connectionType });
  if (!isTheSame(stored, decided, hostKeys) || secondsAfter(ports.clock(), leastLife) > new Date(stored.expiresAt))
    return undefined;

  const tunnel = await tunnelOf(ports, settings, request, decided);
  const { tunnel: _, ...answer } = stored;
  return { ...answer, serverTime: ports.clock().toISOString(), ...(tunnel && { tunnel }) };
}

/**
 * Whether the key that was pushed is one for just what was decided now, by the same host keys. An endpoint tells the type as
 * well.
 */
function isTheSame(
  stored: StoredConnection,
  { instance, route, osUser, access }: Decided,
  hostKeys: readonly StoredHostKey[],
): boolean {
  return (
    stored.host === route.host &&
    stored.port === route.port &&
    stored.user === osUser &&
    stored.tunnel?.endpointId === route.endpoint?.endpointId &&
    stored.accessRequestId === access?.id &&
    isDeepStrictEqual(stored.hostKeys, serverIdentity(route, instance.instanceId, hostKeys).hostKeys)
  );
}
