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

const environment = environments.instances.parse(process.env);
const { AWS_REGION } = environment;
const table = tableOf(environment.TABLE_NAME);

const clock = () => new Date();

const settings = {
  region: AWS_REGION,
  defaultOsUser: environment.DEFAULT_OS_USER,
  fips: environment.AWS_USE_FIPS_ENDPOINT,
  serialConsole: environment.SERIAL_CONSOLE,
  policyTime: policyClock(environment.TIME_ZONE),
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
    listInstances: (request) => listInstances(ports, settings, request),
    decide: (request) => decide(ports, settings, request),
    getInstance: (request) => getInstance(ports, settings, request),
  },
  { authenticate: iamCaller(environment.PERSON_ROLES), throttle: environment.CALLER_THROTTLE },
);
