import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleMemory } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { networkDescriber } from "../aws/ec2/network.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { apiFunction } from "../http/api-function.ts";
import { getInstance } from "../instances/get.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { inspectRoleName } from "../shared/target-roles.ts";
import { perTarget } from "../targets/per-target.ts";
import { portsAt } from "../targets/ports-at.ts";

const environment = environments.inspect.parse(process.env);
const settings = readFunctionSettings("inspect", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;

const { defaultOsUser, pushTag, serialConsole } = settings;
const instanceSettings = { defaultOsUser, fips: environment.AWS_USE_FIPS_ENDPOINT, serialConsole, pushTag };

const table = tableOf({ region }, environment.TABLE_NAME);

const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);
const { known, locate, targetEc2 } = awsTargets(
  environment,
  settings.targets,
  inventoryTargets(inventory),
  inspectRoleName,
);

const portsThere = portsAt(
  locate,
  perTarget(known.own, (target) => {
    const ec2 = targetEc2(target);
    return {
      instances: instanceReader(ec2, target.region),
      network: { ...endpointReader(ec2, () => new Date()), ...imageReader(ec2) },
      describer: networkDescriber(ec2),
    };
  }),
);

const ports = { policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT), hostKeys: hostKeyReader(table) };

/** One instance, with the ways to reach it. */
export const handler = apiFunction(
  {
    getInstance: async ({ caller, params, query: { checks, ...where }, context }) => {
      const there = await portsThere({ ...params, ...where }, context);
      const input = { caller, ...params, checks: checks === "true" };
      return getInstance({ ...ports, ...there }, instanceSettings, input, context);
    },
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !known.isAlone,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(peopleMemory(table)),
  },
);
