import type { Connection } from "../../contract/connection.ts";
import { authorizeConnection, requireAuthorized } from "./authorize.ts";
import { intendedState } from "./connection-state.ts";
import { NotPushed } from "./not-pushed.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { type ConnectionRecord, intentOf, recordOutcome } from "./record.ts";
import { answer } from "./response.ts";
import { tunnelOf } from "./tunnel.ts";

/**
 * Makes one connection: steps 2 to 10 of docs/how-a-connection-works.md, in their order.
 *
 * @param record the connection under which a key is pushed anew; left out, it is a new one. All is decided reevaluate.
 * @throws Problem for every verdict but 201. Nothing has been pushed then, unless the trail says so.
 */
export async function makeConnection(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
  record?: ConnectionRecord,
): Promise<Connection> {
  const { deadline, facts } = request;
  const { onRecord, decided, hostKeys, ...evaluated } = await authorizeConnection(ports, settings, request);

  const intent = intentOf(onRecord, decided, evaluated, record);
  Object.assign(facts, { connectionId: intent.connectionId, connectionType: intent.connectionType });
  await ports.writeIntent(intent.connectionId, intendedState(intent), deadline.signal);

  const { instanceId, osUser, connectionType, pushBy } = intent;
  const push = { instanceId, osUser, connectionType, keyLine: onRecord.key.line, pushBy };
  const [pushed, tunnel] = await Promise.allSettled([
    ports.pushKey(evaluated.credentials, push, deadline.signal),
    tunnelOf(ports, settings, request, decided),
  ]);
  await recordOutcome(ports, intent, pushed);
  if (pushed.status === "rejected") {
    // Time has passed. Where that is why the connection may not be made any more, it is the better answer.
    if (pushed.reason instanceof NotPushed) await requireAuthorized(ports, onRecord, evaluated.reevaluate());
    throw pushed.reason;
  }
  if (tunnel.status === "rejected") throw tunnel.reason;

  Object.assign(facts, { awsRequestId: pushed.value.awsRequestId });
  return answer(intent, decided, pushed.value, tunnel.value, hostKeys, ports.clock());
}
