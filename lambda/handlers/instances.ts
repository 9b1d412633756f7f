import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { cursorKeyStore } from "../aws/dynamodb/cursor-key-table.ts";
import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader, instanceSearch } from "../aws/ec2/instances.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { possibleGroups, reviewerSources } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { type DecidePorts, decide } from "../connect/decide.ts";
import { apiFunction } from "../http/api-function.ts";
import { instanceCursorSize as size } from "../instances/cursor.ts";
import { listInstances } from "../instances/list.ts";
import type { InstancePorts } from "../instances/ports.ts";
import { SealedCursors } from "../lists/sealed-cursors.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.instances.parse(process.env);
const settings = readFunctionSettings(functionSettings.instances, environment.LAMBDA_TASK_ROOT);
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

const { known, targetEc2 } = awsTargets(environment, settings.targets);
const ec2 = targetEc2(known.own);
const table = tableOf({ region }, environment.TABLE_NAME);
const people = peopleTable(table);

const ports: InstancePorts & DecidePorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  instances: instanceReader(ec2, region),
  search: instanceSearch(ec2, region),
  network: { ...endpointReader(ec2, () => new Date()), ...imageReader(ec2) },
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
    decide: ({ caller, body, context }) => decide(ports, instanceSettings, { caller, ...body }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(people),
  },
);
