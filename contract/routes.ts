import * as z from "zod";
import {
  accessRequest,
  accessRequestBody,
  accessRequestPage,
  accessRequestQuery,
  endingBody,
  extensionBody,
  reviewBody,
  revocationBody,
  waitQuery,
} from "./access-request.ts";
import { auditEventPage, auditEventQuery } from "./audit-event.ts";
import { caller } from "./caller.ts";
import { connection, connectionRequest } from "./connection.ts";
import { decision, decisionRequest } from "./decision.ts";
import { instanceId } from "./fields.ts";
import { health } from "./health.ts";
import { hostKeyList, hostKeysBody } from "./host-key.ts";
import { inspectionQuery, instance, instancePage, instanceQuery } from "./instance.ts";
import { openApiDocument } from "./open-api.ts";
import { onePolicySet, policySet } from "./policies.ts";
import { ofInstance, togetherInTarget } from "./scope.ts";
import { oneCaller, suspension, suspensionBody } from "./suspension.ts";

/** The functions that serve routes, split by what they may do in AWS. `wait` serves the requests that wait. */
export const apiFunctionNames = [
  "connect",
  "instances",
  "inspect",
  "access",
  "wait",
  "audit",
  "register",
  "service",
] as const;
export type ApiFunctionName = (typeof apiFunctionNames)[number];

/**
 * The functions behind them: the table's stream invokes `projector`, a schedule `sweep`, the start of instances `capture`. What
 * happens to instances, and a schedule, invoke `sync`.
 */
export const workerFunctionNames = ["projector", "sweep", "capture", "sync"] as const;

export const functionNames = [...apiFunctionNames, ...workerFunctionNames] as const;
export type FunctionName = (typeof functionNames)[number];

/** The function in front of the OIDC door, which exists only with that door. */
export const authorizerName = "authorize";

/** The function that serves the browser console, if the OIDC door itself does. */
export const consoleName = "console";

/**
 * The functions of the Slack app, which exist only with it: `slack` takes what Slack sends and queues it, `chat` works the queue
 * off, `link` serves the pages that link a Slack user to a person.
 */
export const slackNames = ["slack", "chat", "link"] as const;
export type SlackName = (typeof slackNames)[number];

/** The function that posts events to receivers, which exists only with subscriptions. */
export const webhooksName = "webhooks";

export const bundleNames = [...functionNames, authorizerName, consoleName, ...slackNames, webhooksName] as const;
export type BundleName = (typeof bundleNames)[number];

export interface ApiRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/v1/${string}`;
  /** The function that serves it: the file of that name in `handlers/`. */
  readonly function: ApiFunctionName;
  readonly authentication: "caller" | "none";
  /** The Cedar action that the caller needs on the instance, or on the other caller, if any. */
  readonly action?: "view" | "connect" | "request" | "review" | "revoke" | "readAudit" | "manageHostKeys" | "suspend";
  /** The status of a successful response. */
  readonly status: 200 | 201;
  /**
   * The Location header of what was created, with fields of the response in braces. It is relative to the request's URL, so that
   * it is right behind a stage and behind a domain of one's own.
   */
  readonly location?: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Undefined if a body is refused. */
  readonly body?: z.ZodType;
  /** Whether a missing body counts as an empty object. */
  readonly isBodyOptional?: boolean;
  /** Whether it changes something, and so accepts an Idempotency-Key. */
  readonly isIdempotent?: boolean;
  /** Whether the response has an ETag. Then a PUT needs `If-Match`, or `If-None-Match: *`. */
  readonly isVersioned?: boolean;
  readonly response: z.ZodType;
}

const nothing = z.strictObject({});
const oneInstance = z.strictObject({ instanceId });
const itsTarget = togetherInTarget(z.strictObject(ofInstance));
/** Not checked further: any text that is not the id of an access request is a 404. */
const oneAccessRequest = z.strictObject({
  id: z.string().min(1).max(128).describe("The access request's id."),
});

/**
 * Every route of the API. Read by the API's construct, the local gateway, the functions themselves and the OpenAPI
 * document, for which `operations.ts` has the words.
 */
export const routes = {
  createConnection: {
    method: "POST",
    path: "/v1/instances/{instanceId}/connections",
    function: "connect",
    authentication: "caller",
    action: "connect",
    status: 201,
    params: oneInstance,
    query: nothing,
    body: connectionRequest,
    isIdempotent: true,
    response: connection,
  },
  listInstances: {
    method: "GET",
    path: "/v1/instances",
    function: "instances",
    authentication: "caller",
    action: "view",
    status: 200,
    params: nothing,
    query: instanceQuery,
    response: instancePage,
  },
  getInstance: {
    method: "GET",
    path: "/v1/instances/{instanceId}",
    function: "inspect",
    authentication: "caller",
    action: "view",
    status: 200,
    params: oneInstance,
    query: inspectionQuery,
    response: instance,
  },
  decide: {
    method: "POST",
    path: "/v1/decisions",
    function: "instances",
    authentication: "caller",
    action: "view",
    status: 200,
    params: nothing,
    query: nothing,
    body: decisionRequest,
    response: decision,
  },
  createAccessRequest: {
    method: "POST",
    path: "/v1/access-requests",
    function: "access",
    authentication: "caller",
    action: "request",
    status: 201,
    location: "access-requests/{id}",
    params: nothing,
    query: nothing,
    body: accessRequestBody,
    isIdempotent: true,
    response: accessRequest,
  },
  listAccessRequests: {
    method: "GET",
    path: "/v1/access-requests",
    function: "access",
    authentication: "caller",
    action: "view",
    status: 200,
    params: nothing,
    query: accessRequestQuery,
    response: accessRequestPage,
  },
  getAccessRequest: {
    method: "GET",
    path: "/v1/access-requests/{id}",
    function: "wait",
    authentication: "caller",
    action: "view",
    status: 200,
    params: oneAccessRequest,
    query: waitQuery,
    response: accessRequest,
  },
  reviewAccessRequest: {
    method: "POST",
    path: "/v1/access-requests/{id}/reviews",
    function: "access",
    authentication: "caller",
    action: "review",
    status: 201,
    params: oneAccessRequest,
    query: nothing,
    body: reviewBody,
    isIdempotent: true,
    response: accessRequest,
  },
  extendAccessRequest: {
    method: "POST",
    path: "/v1/access-requests/{id}/extensions",
    function: "access",
    authentication: "caller",
    action: "request",
    status: 201,
    params: oneAccessRequest,
    query: nothing,
    body: extensionBody,
    isIdempotent: true,
    response: accessRequest,
  },
  cancelAccessRequest: {
    method: "POST",
    path: "/v1/access-requests/{id}/cancel",
    function: "access",
    authentication: "caller",
    status: 200,
    params: oneAccessRequest,
    query: nothing,
    body: endingBody,
    isBodyOptional: true,
    isIdempotent: true,
    response: accessRequest,
  },
  revokeAccessRequest: {
    method: "POST",
    path: "/v1/access-requests/{id}/revoke",
    function: "access",
    authentication: "caller",
    action: "revoke",
    status: 200,
    params: oneAccessRequest,
    query: nothing,
    body: revocationBody,
    isBodyOptional: true,
    isIdempotent: true,
    response: accessRequest,
  },
  listAuditEvents: {
    method: "GET",
    path: "/v1/audit-events",
    function: "audit",
    authentication: "caller",
    action: "readAudit",
    status: 200,
    params: nothing,
    query: auditEventQuery,
    response: auditEventPage,
  },
  getPolicies: {
    method: "GET",
    path: "/v1/instances/{instanceId}/policies/{digest}",
    function: "audit",
    authentication: "caller",
    action: "readAudit",
    status: 200,
    params: onePolicySet,
    query: itsTarget,
    response: policySet,
  },
  getHostKeys: {
    method: "GET",
    path: "/v1/instances/{instanceId}/host-keys",
    function: "register",
    authentication: "caller",
    action: "manageHostKeys",
    status: 200,
    params: oneInstance,
    query: itsTarget,
    isVersioned: true,
    response: hostKeyList,
  },
  putHostKeys: {
    method: "PUT",
    path: "/v1/instances/{instanceId}/host-keys",
    function: "register",
    authentication: "caller",
    action: "manageHostKeys",
    status: 200,
    params: oneInstance,
    query: itsTarget,
    body: hostKeysBody,
    isVersioned: true,
    response: hostKeyList,
  },
  suspendCaller: {
    method: "PUT",
    path: "/v1/suspensions/{callerId}",
    function: "access",
    authentication: "caller",
    action: "suspend",
    status: 200,
    params: oneCaller,
    query: nothing,
    body: suspensionBody,
    response: suspension,
  },
  restoreCaller: {
    method: "DELETE",
    path: "/v1/suspensions/{callerId}",
    function: "access",
    authentication: "caller",
    action: "suspend",
    status: 200,
    params: oneCaller,
    query: nothing,
    body: suspensionBody,
    response: suspension,
  },
  whoAmI: {
    method: "GET",
    path: "/v1/whoami",
    function: "audit",
    authentication: "caller",
    status: 200,
    params: nothing,
    query: nothing,
    response: caller,
  },
  health: {
    method: "GET",
    path: "/v1/health",
    function: "service",
    authentication: "none",
    status: 200,
    params: nothing,
    query: nothing,
    response: health,
  },
  openApi: {
    method: "GET",
    path: "/v1/openapi.json",
    function: "service",
    authentication: "none",
    status: 200,
    params: nothing,
    query: nothing,
    response: openApiDocument,
  },
} as const satisfies Record<string, ApiRoute>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
// Object.keys loses the type of the keys.
export const routeNames = Object.keys(routes) as RouteName[];

/** Serves every path and method that is not in the table, with 404 and 405. */
export const catchAllFunction: ApiFunctionName = "service";
