import { reserveAccess } from "../access/reserve-access.ts";
import { reservationStore } from "../aws/dynamodb/access-table.ts";
import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { connectionStore } from "../aws/dynamodb/connection-table.ts";
import { denialStore } from "../aws/dynamodb/denial-table.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { quotaCounter } from "../aws/dynamodb/quota-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { keyPusher } from "../aws/ec2-instance-connect/push-key.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { pushRoles } from "../aws/targets/push-roles.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { reviewerSources } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { idempotentConnection } from "../connect/idempotent-connection.ts";
import { OsUserMemory } from "../connect/os-user-memory.ts";
import type { ConnectPorts, ConnectSettings, InTarget, TargetPorts } from "../connect/ports.ts";
import { apiFunction } from "../http/api-function.ts";
import { keyedCall } from "../http/idempotency-key.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { rehearseConnection } from "../policy/rehearse.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { perTarget } from "../targets/per-target.ts";
import { portsAt } from "../targets/ports-at.ts";

const environment = environments.connect.parse(process.env);
const settings = readFunctionSettings("connect", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;

const { defaultOsUser, pushTag, scopeTags, serialConsole, maxTunnelSeconds, dualStackTunnels } = settings;
const connectSettings: Omit<ConnectSettings, "target"> = {
  defaultOsUser,
  fips: environment.AWS_USE_FIPS_ENDPOINT,
  serialConsole,
  pushTag,
  scopeTags,
  rememberedFor: settings.identities.rememberedFor,
  maxTunnelSeconds,
  tunnelOrigin: environment.AWS_ENDPOINT_URL_OPEN_TUNNEL,
  policyTime: policyClock(settings.timeZone),
  ...reviewerSources(settings),
};

const clock = () => new Date();
const table = tableOf({ region }, environment.TABLE_NAME);
const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);
const reservations = reservationStore(table);
const { known, locate, targetEc2, sts } = awsTargets(environment, settings.targets, inventoryTargets(inventory));
const pushRoleIn = pushRoles(sts(), environment, settings.targets);

const portsThere = portsAt(
  locate,
  perTarget(known.own, (target): TargetPorts => {
    const ec2 = targetEc2(target);
    return {
      instances: instanceReader(ec2, target.region),
      network: { ...endpointReader(ec2, clock, { prefersDualStack: dualStackTunnels }), ...imageReader(ec2) },
      pushRole: pushRoleIn(target),
      keys: keyPusher(target.region, clock),
    };
  }),
);

const ports: Omit<ConnectPorts, keyof TargetPorts> = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT, rehearseConnection),
  access: {
    ...connectReads(table),
    reserveAccess: (reservation, signal) => reserveAccess(reservations, reservation, signal),
  },
  connections: connectionStore(table),
  quota: quotaCounter(table, settings.callerQuotas),
  denials: denialStore(table),
  osUsers: new OsUserMemory(),
};

const inTarget: InTarget = async (named, context) => {
  const { target, ...there } = await portsThere(named, context);
  return { ports: { ...ports, ...there }, settings: { ...connectSettings, target } };
};

const connectOnce = idempotent(idempotencyStore(table), "createConnection", idempotentConnection(inTarget));

/** The only function that may assume push roles. */
export const handler = apiFunction(
  {
    createConnection: (request) => {
      const { caller, params, body, context } = request;
      return connectOnce(keyedCall(request), { caller, ...params, ...body }, context);
    },
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !known.isAlone,
    remember: rememberPeople(peopleTable(table)),
  },
);
