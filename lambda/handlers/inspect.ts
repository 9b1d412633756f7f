import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { peopleMemory } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { ec2Client } from "../aws/ec2/client.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { apiFunction } from "../http/api-function.ts";
import { getInstance } from "../instances/get.ts";
import type { InstancePorts } from "../instances/ports.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.inspect.parse(process.env);
const settings = readFunctionSettings(functionSettings.inspect, environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;

const { defaultOsUser, pushTag, serialConsole } = settings;
const instanceSettings = { defaultOsUser, fips: environment.AWS_USE_FIPS_ENDPOINT, serialConsole, pushTag };

const ec2 = ec2Client({ region });
const table = tableOf({ region }, environment.TABLE_NAME);

const ports: Omit<InstancePorts, "search"> = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  instances: instanceReader(ec2, region),
  network: { ...endpointReader(ec2, () => new Date()), ...imageReader(ec2) },
  hostKeys: hostKeyReader(table),
};

/** One instance, with the ways to reach it. */
export const handler = apiFunction(
  {
    getInstance: ({ caller, params, context }) => getInstance(ports, instanceSettings, { caller, ...params }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(peopleMemory(table)),
  },
);
