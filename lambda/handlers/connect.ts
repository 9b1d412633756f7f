import { reserveAccess } from "../access/reserve-access.ts";
import { reservationStore } from "../aws/dynamodb/access-table.ts";
import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { connectionStore } from "../aws/dynamodb/connection-table.ts";
import { denialStore } from "../aws/dynamodb/denial-table.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { quotaCounter } from "../aws/dynamodb/quota-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { keyPusher } from "../aws/ec2-instance-connect/push-key.ts";
import { stsClient } from "../aws/sts/client.ts";
import { pushRole } from "../aws/sts/push-role.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { reviewerSources } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { idempotentConnection } from "../connect/idempotent-connection.ts";
import { OsUserMemory } from "../connect/os-user-memory.ts";
import type { ConnectPorts, ConnectSettings } from "../connect/ports.ts";
import { targetOf } from "../connect/session-policy.ts";
import { apiFunction } from "../http/api-function.ts";
import { keyedCall } from "../http/idempotency-key.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.connect.parse(process.env);
const settings = readFunctionSettings(functionSettings.connect, environment.LAMBDA_TASK_ROOT);
const { PUSH_ROLE_ARN, AWS_REGION: region } = environment;

const { defaultOsUser, pushTag, scopeTags, serialConsole, maxTunnelSeconds } = settings;
const connectSettings: ConnectSettings = {
  target: targetOf(PUSH_ROLE_ARN, region),
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
const { known, targetEc2 } = awsTargets(environment, settings.targets);
const ec2 = targetEc2(known.own);
const table = tableOf({ region }, environment.TABLE_NAME);
const reservations = reservationStore(table);

const ports: ConnectPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  instances: instanceReader(ec2, region),
  network: { ...endpointReader(ec2, clock, { prefersDualStack: settings.dualStackTunnels }), ...imageReader(ec2) },
  access: {
    ...connectReads(table),
    reserveAccess: (reservation, signal) => reserveAccess(reservations, reservation, signal),
  },
  pushRole: pushRole(stsClient({ region }), PUSH_ROLE_ARN),
  keys: keyPusher(region, clock),
  connections: connectionStore(table),
  quota: quotaCounter(table, settings.callerQuotas),
  denials: denialStore(table),
  osUsers: new OsUserMemory(),
};

const connectOnce = idempotent(
  idempotencyStore(table),
  "createConnection",
  idempotentConnection(ports, connectSettings),
);

/** The only function that may assume the push role. */
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
    remember: rememberPeople(peopleTable(table)),
  },
);
