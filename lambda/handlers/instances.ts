import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { cursorKeyStore } from "../aws/dynamodb/cursor-key-table.ts";
import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { inventoryReader, inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { possibleGroups, reviewerSources } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { decide } from "../connect/decide.ts";
import { apiFunction } from "../http/api-function.ts";
import { instanceCursorSize as size } from "../instances/cursor.ts";
import { listInstances } from "../instances/list.ts";
import { SealedCursors } from "../lists/sealed-cursors.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import type { Target } from "../shared/target.ts";
import { perTarget } from "../targets/per-target.ts";
import { portsAt } from "../targets/ports-at.ts";

const environment = environments.instances.parse(process.env);
const settings = readFunctionSettings("instances", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;

const { defaultOsUser, pushTag, scopeTags, serialConsole } = settings;
const instanceSettings = {
  region,
  defaultOsUser,
  fips: environment.AWS_USE_FIPS_ENDPOINT,
  serialConsole,
  pushTag,
  scopeTags,
  rememberedFor: settings.identities.rememberedFor,
  possibleGroups: (id: string) => possibleGroups(settings, id),
  ...reviewerSources(settings),
  policyTime: policyClock(settings.timeZone),
};

const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);
const { known, locate, targetEc2 } = awsTargets(environment, settings.targets, inventoryTargets(inventory));
const portsIn = perTarget(known.own, (target) => {
  const ec2 = targetEc2(target);
  return {
    instances: instanceReader(ec2, target.region),
    network: { ...endpointReader(ec2, () => new Date()), ...imageReader(ec2) },
  };
});
const portsThere = portsAt(locate, portsIn);
const table = tableOf({ region }, environment.TABLE_NAME);
const people = peopleTable(table);

const ports = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  inventory: inventoryReader(inventory),
  known,
  networkOf: (target: Target) => portsIn(target).network,
  patience: 2000,
  hostKeys: hostKeyReader(table),
  access: connectReads(table),
  people,
};

const cursors = new SealedCursors(cursorKeyStore(table));

export const handler = apiFunction(
  {
    listInstances: cursors.seal({ route: "listInstances", size }, ({ caller, query, context }) =>
      listInstances(ports, instanceSettings, { caller, ...query }, context),
    ),
    decide: async ({ caller, body, context }) =>
      decide({ ...ports, ...(await portsThere(body, context)) }, instanceSettings, { caller, ...body }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !known.isAlone,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(people),
  },
);
