import type { Connection } from "../../contract/connection.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { authorizeConnection } from "./authorize.ts";
import { intendedState, outcomeState } from "./connection-state.ts";
import { type ConnectionInput, type ConnectPorts, type ConnectSettings, NotPushed } from "./ports.ts";
import { type ConnectionRecord, intentOf, outcomeOf } from "./record.ts";
import { connectionResponse } from "./response.ts";
import { presignTunnel } from "./tunnel.ts";

/** A connection to make: a new one, or another push under the record of an earlier one. */
export interface PushInput extends ConnectionInput {
  readonly record?: ConnectionRecord | undefined;
}

/**
 * Makes one connection, if the caller's quota of pushes allows it: steps 2 to 10 of docs/how-a-connection-works.md, in
 * their order.
 *
 * @throws Problem for every verdict but 201. Then nothing has been pushed, unless the trail says so.
 */
export async function makeConnection(
  ports: ConnectPorts,
  settings: ConnectSettings,
  { record, ...input }: PushInput,
  context: RequestContext,
): Promise<Connection> {
  const { clock, deadline } = context;
  const call = { ports, settings, input, context };
  const authorized = await authorizeConnection(call);
  await authorized.requireQuota();
  const { key, decided, credentials, hostKeys } = authorized;

  const intent = intentOf(authorized, record);
  const { connectionId, instanceId, osUser, connectionType, pushBy } = intent;
  context.note({ connectionId, connectionType });
  await ports.connections.writeIntent(connectionId, intendedState(intent), deadline.signal);

  const push = { instanceId, osUser, connectionType, keyLine: key.line, pushBy };
  const [pushed, tunnel] = await Promise.allSettled([
    ports.keys.pushKey(credentials, push, deadline.signal),
    presignTunnel(call, decided),
  ]);
  await ports.connections.writeOutcome(connectionId, outcomeState(intent, outcomeOf(pushed, clock())));
  if (pushed.status === "rejected") {
    // Time has passed. If that is why the connection may no longer be made, it is the better response.
    if (pushed.reason instanceof NotPushed) await authorized.reauthorize();
    throw pushed.reason;
  }
  if (tunnel.status === "rejected") throw tunnel.reason;

  const { startedAt, awsRequestId } = pushed.value;
  if (awsRequestId !== undefined) context.note({ awsRequestId });
  return connectionResponse({ intent, decided, startedAt, tunnel: tunnel.value, hostKeys, now: clock() });
}
