import {
  idempotentCancellation,
  idempotentCreation,
  idempotentExtension,
  idempotentReview,
  idempotentRevocation,
} from "../access/idempotent-operations.ts";
import { type AccessListPorts, listAccessRequests } from "../access/list.ts";
import type { AccessPorts } from "../access/ports.ts";
import { type SuspendPorts, suspend } from "../access/suspend.ts";
import { accessIndex } from "../aws/dynamodb/access-list.ts";
import { accessStore } from "../aws/dynamodb/access-table.ts";
import { cursorKeyStore } from "../aws/dynamodb/cursor-key-table.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { inventoryReader, inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { placeStore } from "../aws/dynamodb/quota-table.ts";
import { suspensionStore } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { targetInstances } from "../aws/targets/target-instances.ts";
import { accessSettingsOf } from "../callers/access-settings.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { possibleCallers } from "../callers/identities.ts";
import { rememberPeople } from "../callers/remember-people.ts";
import { requireNotSuspended } from "../callers/require-not-suspended.ts";
import { apiFunction } from "../http/api-function.ts";
import { keyedCall } from "../http/idempotency-key.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { newestFirstCursorSize as size } from "../lists/newest-first.ts";
import { SealedCursors } from "../lists/sealed-cursors.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.access.parse(process.env);
const settings = readFunctionSettings("access", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region } = environment;
const table = tableOf({ region }, environment.TABLE_NAME);
const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);

const people = peopleTable(table);
const suspensions = suspensionStore(table);

const accessSettings = accessSettingsOf(settings);

const suspendSettings = { ...accessSettings, possibleCallers: (id: string) => possibleCallers(settings, id) };

const targets = awsTargets(environment, settings.targets, inventoryTargets(inventory));

const ports: AccessPorts & AccessListPorts & SuspendPorts = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...targetInstances(targets),
  inventory: inventoryReader(inventory),
  ...accessIndex(table),
  store: accessStore(table),
  places: placeStore(table),
  people,
  suspensions,
};

const cursors = new SealedCursors(cursorKeyStore(table));
const keys = idempotencyStore(table);
const create = idempotent(keys, "createAccessRequest", idempotentCreation(ports, accessSettings));
const review = idempotent(keys, "reviewAccessRequest", idempotentReview(ports, accessSettings));
const extend = idempotent(keys, "extendAccessRequest", idempotentExtension(ports, accessSettings));
const cancel = idempotent(keys, "cancelAccessRequest", idempotentCancellation(ports, accessSettings));
const revoke = idempotent(keys, "revokeAccessRequest", idempotentRevocation(ports, accessSettings));

/** Access requests, except for waiting on one, and suspensions. */
export const handler = apiFunction(
  {
    createAccessRequest: (request) =>
      create(keyedCall(request), { caller: request.caller, ...request.body }, request.context),
    listAccessRequests: cursors.seal(
      { route: "listAccessRequests", size },
      ({ caller, query: { reviewable, ...query }, context }) =>
        listAccessRequests(ports, accessSettings, { caller, ...query, reviewable: reviewable === "true" }, context),
    ),
    reviewAccessRequest: (request) => review(keyedCall(request), oneOf(request), request.context),
    extendAccessRequest: (request) => extend(keyedCall(request), oneOf(request), request.context),
    cancelAccessRequest: (request) => cancel(keyedCall(request), oneOf(request), request.context),
    revokeAccessRequest: (request) => revoke(keyedCall(request), oneOf(request), request.context),
    suspendCaller: ({ caller, params, body, context }) =>
      suspend(ports, suspendSettings, { caller, ...params, ...body, isSuspended: true }, context),
    restoreCaller: ({ caller, params, body, context }) =>
      suspend(ports, suspendSettings, { caller, ...params, ...body, isSuspended: false }, context),
  },
  {
    authenticate: frontDoors(settings),
    throttle: settings.callerThrottle,
    hidesTime: !targets.known.isAlone,
    admit: requireNotSuspended(suspensions),
    remember: rememberPeople(people),
  },
);

/** The input of an operation on one access request. */
function oneOf<Caller, Body>({
  caller,
  params: { id },
  body,
}: {
  readonly caller: Caller;
  readonly params: { readonly id: string };
  readonly body: Body;
}) {
  return { caller, id, ...body };
}
