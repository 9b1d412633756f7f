import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import { type Connection, connection } from "../../contract/connection.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { Attempt } from "../idempotency/ports.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import type { Decided } from "./assess.ts";
import { authorizeConnection } from "./authorize.ts";
import { outcomeUnknownState } from "./connection-state.ts";
import { makeConnection } from "./make-connection.ts";
import type { ConnectCall, ConnectionInput, ConnectionStore, InTarget } from "./ports.ts";
import type { ConnectionRecord } from "./record.ts";
import { serverIdentity } from "./response.ts";
import { presignTunnel } from "./tunnel.ts";

/** Seconds that a key must have left for its response to be returned again: the client has still to connect. */
const leastLife = 45;

/** What is stored of a response. Of a tunnel that is the endpoint, never its URL. */
const storedConnection = connection.extend({
  tunnel: connection.shape.tunnel.unwrap().pick({ endpointId: true }).optional(),
});

type StoredConnection = z.infer<typeof storedConnection>;

/** Makes a connection under an Idempotency-Key: every push for one key is recorded as the same connection. */
export function idempotentConnection(inTarget: InTarget) {
  return {
    stored: storedConnection,
    async run(input: ConnectionInput, context: RequestContext, attempt?: Attempt): Promise<Connection> {
      const { ports, settings } = await inTarget(input, context);
      const record = attempt && (await recordOf(ports.connections, attempt, context));
      return makeConnection(ports, settings, { ...input, record }, context);
    },
    replay: async (stored: StoredConnection, input: ConnectionInput, context: RequestContext) =>
      replayConnection({ ...(await inTarget(input, context)), input, context }, stored),
  };
}

/**
 * The record that an attempt continues. If an earlier run was interrupted between its intent and its outcome, its
 * outcome is first recorded as unknown: that run has ended, and an intent follows an outcome only.
 *
 * @throws Problem as the ports do.
 */
async function recordOf(
  connections: ConnectionStore,
  { resultId: connectionId, isRepeated }: Attempt,
  { clock, deadline }: RequestContext,
): Promise<ConnectionRecord> {
  const state = isRepeated ? await connections.readConnection(connectionId, deadline.signal) : undefined;
  if (!state) return { connectionId, sequence: 0 };
  const unknown = outcomeUnknownState(connectionId, state, clock());
  if (unknown) await connections.writeOutcome(connectionId, unknown);
  return { connectionId, sequence: (unknown ?? state).sequence };
}

/**
 * The response of an earlier request, once the connection has been authorized like a new one. The tunnel is presigned again, for
 * what is left of the access.
 *
 * @returns undefined if the key is about to expire, or the connection would now be made in another way.
 * @throws Problem for every verdict but yes.
 */
async function replayConnection(call: ConnectCall, stored: StoredConnection): Promise<Connection | undefined> {
  const { decided, hostKeys } = await authorizeConnection(call);
  const { clock, note } = call.context;
  note({ connectionId: stored.connectionId, connectionType: decided.route.connectionType });
  if (!isTheSame(stored, decided, hostKeys) || secondsAfter(clock(), leastLife) > new Date(stored.expiresAt))
    return undefined;

  const tunnel = await presignTunnel(call, decided);
  const { tunnel: _, ...response } = stored;
  return { ...response, serverTime: clock().toISOString(), ...(tunnel && { tunnel }) };
}

/** Whether the pushed key fits what was decided now, with the same host keys. An endpoint implies the type. */
function isTheSame(
  stored: StoredConnection,
  { instance, route, osUser, access }: Decided,
  hostKeys: readonly StoredHostKey[],
): boolean {
  return (
    // The instance may have been found elsewhere since.
    stored.accountId === instance.accountId &&
    stored.region === instance.region &&
    stored.host === route.host &&
    stored.port === route.port &&
    stored.user === osUser &&
    stored.tunnel?.endpointId === route.endpoint?.endpointId &&
    stored.accessRequestId === access?.id &&
    isDeepStrictEqual(stored.hostKeys, serverIdentity(route, instance.instanceId, hostKeys).hostKeys)
  );
}
