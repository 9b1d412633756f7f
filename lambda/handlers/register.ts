import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { describeInstance } from "../aws/ec2/instances.ts";
import { iamCaller } from "../callers/iam.ts";
import { getHostKeys } from "../host-keys/get.ts";
import type { HostKeyPorts } from "../host-keys/ports.ts";
import { putHostKeys } from "../host-keys/put.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.register.parse(process.env);
const settings = readFunctionSettings(functionSettings.register, environment.LAMBDA_TASK_ROOT);
const { TABLE_NAME, AWS_REGION } = environment;

const ports: HostKeyPorts = {
  clock: () => new Date(),
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  describeInstance: (instanceId, signal) => describeInstance(instanceId, AWS_REGION, signal),
  store: hostKeyStore(tableOf(TABLE_NAME)),
};

/** Says which host keys clients are to accept: it alone may, beside what reads consoles. */
export const handler = apiFunction(
  {
    getHostKeys: (request) => getHostKeys(ports, request),
    putHostKeys: (request) => putHostKeys(ports, request),
  },
  { authenticate: iamCaller(settings), throttle: settings.callerThrottle },
);
