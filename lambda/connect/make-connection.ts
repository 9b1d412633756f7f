import { intendedState } from "../audit/connection-trail.ts";
import type { Connection } from "../contract/connection.ts";
import { answer } from "./answer.ts";
import { authorizeConnection } from "./authorize.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { type ConnectionRecord, intentOf, recordOutcome } from "./record.ts";
import { openTunnel } from "./tunnel.ts";

/**
 * Makes one connection: steps 2 to 10 of docs/how-a-connection-works.md, in their order.
 *
 * @param record the connection under which a key is pushed anew; left out, it is a new one. All is decided again.
 * @throws Problem for every verdict but 201. Nothing has been pushed then, unless the trail says so.
 */
export async function makeConnection(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
  record?: ConnectionRecord,
): Promise<Connection> {
  const { caller, body, deadline, facts } = request;
  const { subject, decided, hostKeys, ...judged } = await authorizeConnection(ports, settings, request);
  const { route, osUser, access } = decided;

  const intent = intentOf(subject, decided, judged, record);
  Object.assign(facts, { connectionId: intent.connectionId, connectionType: intent.connectionType });
  await ports.writeIntent(intent.connectionId, intendedState(intent), deadline.signal);

  const push = { instanceId: intent.instanceId, osUser, keyLine: subject.key.line, pushBy: intent.pushBy };
  const bounds = { maxTunnelSeconds: body.maxTunnelSeconds, accessExpiresAt: access && new Date(access.expiresAt) };
  const [pushed, tunnel] = await Promise.allSettled([
    ports.pushKey(judged.credentials, push, deadline.signal),
    route.connectionType === "eice" ? openTunnel(ports, settings, caller.id, route, bounds, deadline) : undefined,
  ]);
  await recordOutcome(ports, intent, pushed);
  if (pushed.status === "rejected") throw pushed.reason;
  if (tunnel.status === "rejected") throw tunnel.reason;

  Object.assign(facts, { awsRequestId: pushed.value.awsRequestId });
  return answer(intent, decided, pushed.value, tunnel.value, hostKeys, ports.clock());
}
