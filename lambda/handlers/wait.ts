import { setTimeout } from "node:timers/promises";
import { getAccessRequest, type WaitPorts } from "../access/get.ts";
import { accessReader } from "../aws/dynamodb/access-reads.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { describeInstance } from "../aws/ec2/instances.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";

const environment = environments.wait.parse(process.env);
const { TABLE_NAME, AWS_REGION } = environment;

const ports: WaitPorts = {
  clock: () => new Date(),
  // The one fault that a sleep has is its signal's end.
  sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  describeInstance: (instanceId, signal) => describeInstance(instanceId, AWS_REGION, signal),
  store: accessReader(tableOf(TABLE_NAME)),
};

/** The function that lingers: by itself, so that those who wait do not keep others out. */
export const handler = apiFunction(
  { getAccessRequest: (request) => getAccessRequest(ports, request) },
  { personRoles: environment.PERSON_ROLES, throttle: environment.CALLER_THROTTLE },
);
