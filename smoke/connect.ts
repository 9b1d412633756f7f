import { ApiProblem } from "../sdk/errors.ts";
import type { Connection, Operations } from "../sdk/types.ts";
import { NotCheckable } from "./check.ts";
import type { SmokeWorld } from "./world.ts";

/** @throws NotCheckable unless exactly one instance is meant and can be seen. */
export async function findInstance({ api, instance }: SmokeWorld): Promise<string> {
  if (instance === undefined) throw new NotCheckable("name an instance: --instance");
  if (/^i-[0-9a-f]{8,17}$/.test(instance)) return instance;
  const { items } = await api.call("listInstances", { name: instance });
  const [found, another] = items;
  if (found === undefined) throw new NotCheckable(`you see no instance ${instance}`);
  if (another !== undefined) throw new NotCheckable(`several instances are named ${instance}: give an id`);
  return found.instanceId;
}

/** Problems that say nothing about the deployment. */
const reasons: Readonly<Record<string, string>> = {
  "access-denied": "policy does not permit you this connection",
  "approval-required": "policy requires an access request: make one, and try again when it is active",
  "endpoint-unavailable": "there is no EC2 Instance Connect Endpoint for the instance",
  "instance-not-found": "you see no such instance",
  "instance-not-running": "the instance does not run",
  "no-route-to-instance": "the instance has no such route",
};

/** @throws NotCheckable if the instance or policy does not suit; ApiProblem. */
export async function connectTo(
  { api, publicKey }: SmokeWorld,
  request: Pick<Operations["createConnection"]["input"], "instanceId" | "connectionType">,
): Promise<Connection> {
  try {
    return await api.call("createConnection", { ...request, publicKey, reason: "smoke test" });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const { code, detail } = error.problem;
    const reason = reasons[code];
    throw reason === undefined ? error : new NotCheckable(`${reason} (${detail})`);
  }
}
