import { reserveAccess } from "../access/reserve-access.ts";
import { reservationStore } from "../aws/dynamodb/access-table.ts";
import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { connectionStore } from "../aws/dynamodb/connection-table.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { describeEndpoints } from "../aws/ec2/endpoints.ts";
import { readImageNames } from "../aws/ec2/image-names.ts";
import { describeInstance } from "../aws/ec2/instances.ts";
import { pushKey } from "../aws/ec2-instance-connect/push-key.ts";
import { presignTunnelUrl } from "../aws/ec2-instance-connect/tunnel-url.ts";
import { assumePushRole } from "../aws/sts/push-role.ts";
import { iamCaller } from "../callers/iam.ts";
import { idempotentConnection, type ReplayPorts } from "../connect/idempotent-connection.ts";
import { OsUserMemory } from "../connect/os-user-memory.ts";
import type { ConnectSettings } from "../connect/ports.ts";
import { sessionNameOf } from "../connect/session-name.ts";
import { placeOf } from "../connect/session-policy.ts";
import { apiFunction } from "../http/api-function.ts";
import { keyedCall } from "../http/idempotency-key.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.connect.parse(process.env);
const settings = readFunctionSettings(functionSettings.connect, environment.LAMBDA_TASK_ROOT);
const { PUSH_ROLE_ARN, AWS_REGION } = environment;
const table = tableOf(environment.TABLE_NAME);

const { defaultOsUser, serialConsole, maxTunnelSeconds } = settings;
const connectSettings: ConnectSettings = {
  place: placeOf(PUSH_ROLE_ARN, AWS_REGION),
  defaultOsUser,
  fips: environment.AWS_USE_FIPS_ENDPOINT,
  serialConsole,
  maxTunnelSeconds,
  tunnelOrigin: environment.AWS_ENDPOINT_URL_OPEN_TUNNEL,
  policyTime: policyClock(settings.timeZone),
};

const clock = () => new Date();

const reservations = reservationStore(table);

const ports: ReplayPorts = {
  clock,
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  describeInstance: (instanceId, signal) => describeInstance(instanceId, AWS_REGION, signal),
  readImageName: async (imageId, signal) => (await readImageNames([imageId], signal)).get(imageId),
  osUsers: new OsUserMemory(),
  describeEndpoints: (signal) => describeEndpoints(clock(), signal),
  ...connectReads(table),
  reserveAccess: (request, pushBy, now, signal) => reserveAccess(reservations, { request, pushBy, now }, signal),
  assumePushRole: (subject, session, signal) => assumePushRole(PUSH_ROLE_ARN, sessionNameOf(subject), session, signal),
  pushKey: (credentials, push, signal) => pushKey(credentials, push, clock, signal),
  presignTunnelUrl,
  ...connectionStore(table),
};

const createOnce = idempotent(
  idempotencyStore(table),
  "createConnection",
  idempotentConnection(ports, connectSettings),
);

/** The one function that may assume the push role. */
export const handler = apiFunction(
  { createConnection: (request) => createOnce(keyedCall(request), request, request.context) },
  { authenticate: iamCaller(settings), throttle: settings.callerThrottle },
);
