import {
  idempotentCancellation,
  idempotentCreation,
  idempotentReview,
  idempotentRevocation,
} from "../access/idempotent-operations.ts";
import { type AccessListPorts, listAccessRequests } from "../access/list.ts";
import type { AccessPorts, AccessSettings } from "../access/ports.ts";
import { accessIndex } from "../aws/dynamodb/access-list.ts";
import { accessStore } from "../aws/dynamodb/access-table.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { describeInstance, describeInstances } from "../aws/ec2/instances.ts";
import { apiFunction } from "../http/api-function.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { policyClock } from "../policy/policy-time.ts";
import { environments } from "../shared/environment.ts";

const environment = environments.access.parse(process.env);
const { AWS_REGION, PERSON_ROLES } = environment;
const table = tableOf(environment.TABLE_NAME);

const settings: AccessSettings = { personRoles: PERSON_ROLES, policyTime: policyClock(environment.TIME_ZONE) };

const ports: AccessPorts & AccessListPorts = {
  clock: () => new Date(),
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  describeInstance: (instanceId, signal) => describeInstance(instanceId, AWS_REGION, signal),
  describeInstances: (instanceIds, signal) => describeInstances(instanceIds, AWS_REGION, signal),
  ...accessIndex(table),
  store: accessStore(table),
};

const keyed = { ...idempotencyStore(table), clock: ports.clock };

/** Access requests, but for waiting on one. */
export const handler = apiFunction(
  {
    createAccessRequest: idempotent(keyed, "createAccessRequest", idempotentCreation(ports, settings)),
    listAccessRequests: (request) => listAccessRequests(ports, settings, request),
    reviewAccessRequest: idempotent(keyed, "reviewAccessRequest", idempotentReview(ports, settings)),
    cancelAccessRequest: idempotent(keyed, "cancelAccessRequest", idempotentCancellation(ports)),
    revokeAccessRequest: idempotent(keyed, "revokeAccessRequest", idempotentRevocation(ports, settings)),
  },
  { personRoles: PERSON_ROLES, throttle: environment.CALLER_THROTTLE },
);
