import { setTimeout } from "node:timers/promises";
import { getAccessRequest, type WaitPorts } from "../access/get.ts";
import { accessReader } from "../aws/dynamodb/access-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { targetInstances } from "../aws/targets/target-instances.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.wait.parse(process.env);
const settings = readFunctionSettings("wait", environment.LAMBDA_TASK_ROOT);
const { TABLE_NAME, AWS_REGION: region } = environment;

const table = tableOf({ region }, TABLE_NAME);
const people = peopleTable(table);

const targets = awsTargets(environment, settings.targets);

const ports: WaitPorts = {
  // A sleep rejects only if its signal aborts.
  sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...targetInstances(targets),
  store: accessReader(table),
  people,
};

/** Its own function, so that callers who wait do not use up the concurrency of others. */
export const handler = apiFunction(
  {
    getAccessRequest: ({ caller, params, query, context }) =>
      getAccessRequest(ports, { caller, ...params, ...query }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !targets.known.isAlone,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(people),
  },
);
