import * as z from "zod";
import { caller } from "./caller.ts";
import { connection, connectionRequest } from "./connection.ts";
import { decision, decisionRequest } from "./decision.ts";
import { instanceId } from "./fields.ts";
import { health } from "./health.ts";
import { instance, instancePage, instanceQuery } from "./instance.ts";
import { openApiDocument } from "./open-api.ts";

/** The functions: split by what they may do in AWS, not by route. */
export const functionNames = ["connect", "instances", "service"] as const;
export type FunctionName = (typeof functionNames)[number];

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: `/v1/${string}`;
  /** The function that serves it: the file of that name in `handlers/`. */
  readonly function: FunctionName;
  readonly authentication: "iam" | "none";
  /** The Cedar action that the caller needs on the instance, where there is one. */
  readonly action?: "view" | "connect";
  /** The status of a good answer. */
  readonly status: 200 | 201;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Left out: no body is taken. */
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

const nothing = z.strictObject({});
const oneInstance = z.strictObject({ instanceId });

/**
 * Every route of the API. Read by the API's construct, the local gateway, the functions themselves and the OpenAPI
 * document, for which `operations.ts` has the words.
 */
export const routes = {
  createConnection: {
    method: "POST",
    path: "/v1/instances/{instanceId}/connections",
    function: "connect",
    authentication: "iam",
    action: "connect",
    status: 201,
    params: oneInstance,
    query: nothing,
    body: connectionRequest,
    answer: connection,
  },
  listInstances: {
    method: "GET",
    path: "/v1/instances",
    function: "instances",
    authentication: "iam",
    action: "view",
    status: 200,
    params: nothing,
    query: instanceQuery,
    answer: instancePage,
  },
  getInstance: {
    method: "GET",
    path: "/v1/instances/{instanceId}",
    function: "instances",
    authentication: "iam",
    action: "view",
    status: 200,
    params: oneInstance,
    query: nothing,
    answer: instance,
  },
  decide: {
    method: "POST",
    path: "/v1/decisions",
    function: "instances",
    authentication: "iam",
    action: "view",
    status: 200,
    params: nothing,
    query: nothing,
    body: decisionRequest,
    answer: decision,
  },
  whoAmI: {
    method: "GET",
    path: "/v1/whoami",
    function: "service",
    authentication: "iam",
    status: 200,
    params: nothing,
    query: nothing,
    answer: caller,
  },
  health: {
    method: "GET",
    path: "/v1/health",
    function: "service",
    authentication: "none",
    status: 200,
    params: nothing,
    query: nothing,
    answer: health,
  },
  openApi: {
    method: "GET",
    path: "/v1/openapi.json",
    function: "service",
    authentication: "none",
    status: 200,
    params: nothing,
    query: nothing,
    answer: openApiDocument,
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

/** What answers every path and method that is not in the table: 404 and 405 of ours. */
export const catchAllFunction: FunctionName = "service";
