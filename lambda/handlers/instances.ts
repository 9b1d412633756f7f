import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { describeEndpoints } from "../aws/ec2/endpoints.ts";
import { readImageNames } from "../aws/ec2/image-names.ts";
import { describeInstance, describeInstancePage } from "../aws/ec2/instances.ts";
import { iamCaller } from "../callers/iam.ts";
import { decide } from "../connect/decide.ts";
import { apiFunction } from "../http/api-function.ts";
import { getInstance } from "../instances/get.ts";
import { listInstances } from "../instances/list.ts";
import type { InstancePorts } from "../instances/ports.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.instances.parse(process.env);
const settings = readFunctionSettings(functionSettings.instances, environment.LAMBDA_TASK_ROOT);
const { AWS_REGION } = environment;
const table = tableOf(environment.TABLE_NAME);

const clock = () => new Date();

const { defaultOsUser, serialConsole } = settings;
const instanceSettings = {
  region: AWS_REGION,
  defaultOsUser,
  fips: environment.AWS_USE_FIPS_ENDPOINT,
  serialConsole,
  policyTime: policyClock(settings.timeZone),
};

const ports: InstancePorts = {
  clock,
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  describeInstance: (instanceId, signal) => describeInstance(instanceId, AWS_REGION, signal),
  describePage: (query, signal) => describeInstancePage(query, AWS_REGION, signal),
  describeEndpoints: (signal) => describeEndpoints(clock(), signal),
  readImageNames,
  ...connectReads(table),
  ...hostKeyReader(table),
};

export const handler = apiFunction(
  {
    listInstances: (request) => listInstances(ports, instanceSettings, request),
    decide: (request) => decide(ports, instanceSettings, request),
    getInstance: (request) => getInstance(ports, instanceSettings, request),
  },
  { authenticate: iamCaller(settings), throttle: settings.callerThrottle },
);
