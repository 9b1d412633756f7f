import { type AuditPorts, listAuditEvents } from "../audit/list.ts";
import { trailIndex } from "../aws/dynamodb/find-events.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { ec2Client } from "../aws/ec2/client.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { iamCaller } from "../callers/iam.ts";
import { apiFunction } from "../http/api-function.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { functionSettings, readFunctionSettings } from "../shared/settings.ts";

const environment = environments.audit.parse(process.env);
const settings = readFunctionSettings(functionSettings.audit, environment.LAMBDA_TASK_ROOT);
const { TABLE_NAME, AWS_REGION } = environment;

const ports: AuditPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...trailIndex(tableOf(TABLE_NAME)),
  ...instanceReader(ec2Client({ region: AWS_REGION }), AWS_REGION),
};

/** Reads the trail. It cannot write. */
export const handler = apiFunction(
  { listAuditEvents: ({ caller, query, context }) => listAuditEvents(ports, { caller, ...query }, context) },
  { authenticate: iamCaller(settings), throttle: settings.callerThrottle },
);
