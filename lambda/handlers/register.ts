import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { getHostKeys } from "../host-keys/get.ts";
import type { HostKeyPorts } from "../host-keys/ports.ts";
import { putHostKeys } from "../host-keys/put.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.register.parse(process.env);
const settings = readFunctionSettings(functionSettings.register, environment.LAMBDA_TASK_ROOT);
const { TABLE_NAME, AWS_REGION: region } = environment;

const { known, targetEc2 } = awsTargets(environment, settings.targets);
const table = tableOf({ region }, TABLE_NAME);

const ports: HostKeyPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  instances: instanceReader(targetEc2(known.own), region),
  store: hostKeyStore(table),
};

/** Registers host keys. Only this function and the one that captures them from consoles can write them. */
export const handler = apiFunction(
  {
    getHostKeys: ({ caller, params, context }) => getHostKeys(ports, { caller, ...params }, context),
    putHostKeys: ({ caller, params, body, precondition, context }) =>
      putHostKeys(ports, { caller, ...params, ...body, precondition }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(peopleTable(table)),
  },
);
