import { type AuditPorts, type AuditSettings, listAuditEvents } from "../audit/list.ts";
import { type GetPoliciesPorts, getPolicies } from "../audit/policies.ts";
import { cursorKeyStore } from "../aws/dynamodb/cursor-key-table.ts";
import { trailIndex } from "../aws/dynamodb/find-events.ts";
import { inventoryReader, inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { policyReader } from "../aws/dynamodb/policy-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { targetInstances } from "../aws/targets/target-instances.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { possibleCallers } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { apiFunction } from "../http/api-function.ts";
import { newestFirstCursorSize as size } from "../lists/newest-first.ts";
import { SealedCursors } from "../lists/sealed-cursors.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.audit.parse(process.env);
const settings = readFunctionSettings("audit", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;
const table = tableOf({ region }, environment.TABLE_NAME);
const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);

const targets = awsTargets(environment, settings.targets, inventoryTargets(inventory));

const ports: AuditPorts & GetPoliciesPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...trailIndex(table),
  ...policyReader(table),
  ...targetInstances(targets),
  inventory: inventoryReader(inventory),
};

const auditSettings: AuditSettings = {
  possibleCallers: (id) => possibleCallers(settings, id),
  policyTime: policyClock(settings.timeZone),
};

const cursors = new SealedCursors(cursorKeyStore(table));

/** Reads the trail, and says who is calling. It can write only the keys of cursors. */
export const handler = apiFunction(
  {
    listAuditEvents: cursors.seal({ route: "listAuditEvents", size }, ({ caller, query, context }) =>
      listAuditEvents(ports, auditSettings, { caller, ...query }, context),
    ),
    whoAmI: async ({ caller }) => caller,
    getPolicies: ({ caller, params, query, context }) => getPolicies(ports, { caller, ...params, ...query }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !targets.known.isAlone,
    admit: requireNotSuspended(suspensionReader(table)),
    remember: rememberPeople(peopleTable(table)),
  },
);
