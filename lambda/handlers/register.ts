import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { targetInstances } from "../aws/targets/target-instances.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { getHostKeys } from "../host-keys/get.ts";
import type { HostKeyPorts } from "../host-keys/ports.ts";
import { putHostKeys } from "../host-keys/put.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.register.parse(process.env);
const settings = readFunctionSettings("register", environment.LAMBDA_TASK_ROOT);
const { TABLE_NAME, AWS_REGION: region } = environment;

const table = tableOf({ region }, TABLE_NAME);
const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);

const targets = awsTargets(environment, settings.targets, inventoryTargets(inventory));

const ports: HostKeyPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...targetInstances(targets),
  store: hostKeyStore(table),
};

/** Registers host keys. Only this function and the one that captures them from consoles can write them. */
export const handler = apiFunction(
  {
    getHostKeys: ({ caller, params, query, context }) => getHostKeys(ports, { caller, ...params, ...query }, context),
    putHostKeys: ({ caller, params, query, body, precondition, context }) =>
      putHostKeys(ports, { caller, ...params, ...query, ...body, precondition }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !targets.known.isAlone,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(peopleTable(table)),
  },
);
