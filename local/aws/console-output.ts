import type { TargetInstances } from "../instances/target-instances.ts";
import { instanceArn } from "../shared/account.ts";
import { readParameters, type XmlValue } from "./query-protocol.ts";
import { ServiceError, unauthorized } from "./service-error.ts";
import type { Call } from "./stand-in.ts";

/** Instance families before Nitro: their consoles cannot be read while they run. */
const oldGenerations = /^(?:t[12]|m[1-4]|c[134]|r[34]|i[23]|d2|g[23]|p[23]|f1|hs1|h1|cr1|x1e?)\./;

/** Stand-in for EC2's GetConsoleOutput: the content of its response. */
export function getConsoleOutput(
  call: Call,
  { fleet, consoles }: Pick<TargetInstances, "fleet" | "consoles">,
): { readonly [name: string]: XmlValue } {
  const parameters = readParameters(call.body, [/^(?:Action|Version|InstanceId|Latest)$/]);
  call.note(Object.fromEntries(parameters));
  const instanceId = parameters.get("InstanceId") ?? "";
  if (!call.allows("ec2:GetConsoleOutput", instanceArn(call.target, instanceId))) throw unauthorized();
  const instance = fleet.find(instanceId);
  if (!instance) throw new ServiceError("InvalidInstanceID.NotFound", 400, "The instance ID does not exist");
  if (parameters.get("Latest") === "true" && oldGenerations.test(instance.InstanceType ?? "")) {
    throw new ServiceError("UnsupportedOperation", 400, "This instance type does not support latest console output");
  }
  const { text, updatedAt } = consoles.read(instanceId);
  return { instanceId, timestamp: updatedAt?.toISOString(), output: Buffer.from(text, "latin1").toString("base64") };
}
