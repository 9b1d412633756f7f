import { ApiProblem, Latchkey, type LatchkeyOptions } from "latchkey/sdk";

/** Lists the instances you may see, and pushes a key to the one of that name. Runs in a browser and in Node.js. */
export async function listAndConnect(options: LatchkeyOptions, name: string, publicKey: string): Promise<string[]> {
  const latchkey = new Latchkey(options);
  const { items } = await latchkey.call("listInstances", { limit: 100 });
  const lines = items.map((instance) => `${instance.name ?? "-"} ${instance.instanceId} ${instance.state}`);
  const chosen = items.find((instance) => instance.name === name);
  if (chosen === undefined) return lines;
  try {
    const { user, connectionType } = await latchkey.connect({ instanceId: chosen.instanceId, publicKey });
    return [...lines, `connected as ${user}: ${connectionType}`];
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return [...lines, `${error.problem.code}: ${error.problem.detail}`];
  }
}
