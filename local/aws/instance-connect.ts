import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Fleet } from "../fleet/fleet.ts";
import type { FindInTarget, TargetInstances } from "../instances/target-instances.ts";
import { instanceArn } from "../shared/account.ts";
import type { ConditionContext } from "./iam-conditions.ts";
import { json, readJson, targetBehind } from "./json-call.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

/** The rules of the service model. */
const pushed = z.strictObject({
  InstanceId: z
    .string()
    .min(10)
    .max(32)
    .regex(/^i-[a-f0-9]+$/),
  SSHPublicKey: z.string().min(80).max(4096),
});
const sendSshPublicKey = pushed.extend({ InstanceOSUser: z.string().min(1).max(32) });
const sendSerialConsoleSshPublicKey = pushed.extend({ SerialPort: z.literal(0).default(0) });

/**
 * Stand-in for EC2 Instance Connect: a pushed key can log in for the next minute. A key pushed to a serial console is accepted, but
 * no console is served here.
 */
export function instanceConnectService(findIn: FindInTarget<"fleet" | "activeKeys">): Service {
  return {
    name: "ec2-instance-connect",
    isInAllRegions: true,
    operationOf: (headers) => targetBehind("AWSEC2InstanceConnectService.", headers),
    operations: {
      SendSSHPublicKey: (call) => send(call, findIn(call.target)),
      SendSerialConsoleSSHPublicKey: (call) => sendToConsole(call, findIn(call.target).fleet),
    },
    describeError: ({ code, message, status }) => json("1.1", { __type: code, Message: message }, status),
  };
}

function send(call: Call, { fleet, activeKeys }: Pick<TargetInstances, "fleet" | "activeKeys">): Reply {
  const { InstanceId, InstanceOSUser, SSHPublicKey } = readJson(sendSshPublicKey, call, invalidArgs);
  requireTaken(call, fleet, { instanceId: InstanceId, key: SSHPublicKey, context: { "ec2:osuser": InstanceOSUser } });
  const requestId = randomUUID();
  activeKeys.push(InstanceId, InstanceOSUser, SSHPublicKey, { caller: call.principal.arn, requestId });
  return json("1.1", { RequestId: requestId, Success: true });
}

function sendToConsole(call: Call, fleet: Fleet): Reply {
  const { InstanceId, SSHPublicKey } = readJson(sendSerialConsoleSshPublicKey, call, invalidArgs);
  requireTaken(call, fleet, { instanceId: InstanceId, key: SSHPublicKey });
  return json("1.1", { RequestId: randomUUID(), Success: true });
}

interface Push {
  readonly instanceId: string;
  readonly key: string;
  readonly context?: ConditionContext;
}

/** @throws ServiceError if the call may not push to the instance, or if the key is not acceptable. */
function requireTaken(call: Call, fleet: Fleet, { instanceId, key, context }: Push): void {
  const instance = fleet.find(instanceId);
  const tags = (instance?.Tags ?? []).map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]);
  const known = { ...context, ...Object.fromEntries(tags) };
  const allowed = call.allows(`ec2-instance-connect:${call.operation}`, instanceArn(call.target, instanceId), known);
  if (!allowed) throw new ServiceError("AuthException", 403, "Not authorized to push to this instance and user");
  if (!instance) throw new ServiceError("EC2InstanceNotFoundException", 404, "No such instance");
  if (instance.State.Name !== "running") {
    throw new ServiceError("EC2InstanceStateInvalidException", 400, "The instance is not running");
  }
  if (!/^ssh-(?:rsa|ed25519) [A-Za-z0-9+/]+={0,2}$/.test(key)) {
    throw invalidArgs("The agent would not accept the key");
  }
}

const invalidArgs = (fault: string) => new ServiceError("InvalidArgsException", 400, fault);
