import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import type * as z from "zod";
import type { Caller } from "../../contract/caller.ts";
import { corsHeaders, corsOriginVariable } from "../../contract/cors.ts";
import type { ApiRoute, RouteName, Routes } from "../../contract/routes.ts";
import type { Precondition, Versioned } from "../shared/precondition.ts";
import { Problem } from "../shared/problem.ts";
import { type LogFields, type RequestContext, requestContext } from "../shared/request-context.ts";
import { CallerThrottle, type ThrottleSettings } from "./caller-throttle.ts";
import { findRoute, noRoute } from "./find-route.ts";
import { hideTime, isUnseen, systemTimer, type Timer } from "./hide-time.ts";
import { readIdempotencyKey } from "./idempotency-key.ts";
import { type ParsedRequest, parseRequest } from "./parse-request.ts";
import { readPrecondition } from "./precondition.ts";
import { logRequest } from "./request-log.ts";
import { respond, respondProblem } from "./respond.ts";

/** What a handler gets: a checked request, without the event. */
interface ApiRequest<R extends ApiRoute> extends ParsedRequest<R> {
  readonly caller: R["authentication"] extends "caller" ? Caller : undefined;
  /** If the route accepts one and the caller sent it. */
  readonly idempotencyKey?: string | undefined;
  readonly precondition: R extends { isVersioned: true; method: "PUT" } ? Precondition : undefined;
  readonly context: RequestContext;
}

type Handlers<Names extends RouteName> = {
  readonly [Name in Names]: (
    request: ApiRequest<Routes[Name]>,
  ) => Promise<z.input<Routes[Name]["response"]> & (Routes[Name] extends { isVersioned: true } ? Versioned : unknown)>;
};

/** Milliseconds before the function's time-out at which it responds with 504, even if calls are still running. */
const lastCall = 500;

interface ApiSettings {
  /**
   * The caller of a request that the front door has authenticated.
   *
   * @throws Problem `access-denied` for a caller that Latchkey does not accept.
   */
  authenticate(event: APIGatewayProxyEvent, now: Date): Caller;
  readonly throttle?: ThrottleSettings;
  /** Refuses a caller who may do nothing, before the request does anything. @throws Problem. */
  readonly admit?: (caller: Caller, context: RequestContext) => Promise<void>;
  /** Keeps who has called, beside the request. It never rejects. */
  readonly remember?: (caller: Caller, context: RequestContext) => Promise<void>;
  /** Whether responses about what the caller may not see are held back, because their time could tell where it is. */
  readonly hidesTime?: boolean;
  readonly clock?: () => Date;
  readonly timer?: Timer;
}

/**
 * A Lambda handler for some routes of the route table. It responds to any error with a problem document, and writes one log line
 * for each request.
 */
export function apiFunction<Names extends RouteName>(
  handlers: Handlers<Names>,
  {
    authenticate,
    throttle: throttleSettings,
    admit,
    remember,
    hidesTime = false,
    clock = () => new Date(),
    timer = systemTimer,
  }: ApiSettings,
) {
  const throttle = throttleSettings && new CallerThrottle(throttleSettings);
  const serve = async (event: APIGatewayProxyEvent, lambda: Context, facts: LogFields) => {
    const found = findRoute(event.resource, event.httpMethod);
    if (found) facts.route = found.name;
    const caller = found?.route.authentication === "none" ? undefined : authenticate(event, clock());
    if (caller) Object.assign(facts, { callerId: caller.id, callerKind: caller.kind } satisfies LogFields);
    // First: what is refused costs time too, and would let a caller try without end.
    const wait = caller && throttle ? throttle.take(caller.id, clock()) : 0;
    if (wait > 0) throw new Problem("throttled", { limit: "caller", headers: { "Retry-After": String(wait) } });
    if (!found) throw noRoute(event.resource);
    const parsed = parseRequest(found.route, event);
    const idempotencyKey = readIdempotencyKey(found.route, event.multiValueHeaders);
    const precondition = readPrecondition(found.route, event.multiValueHeaders);
    const { requestId, identity } = event.requestContext;
    const context = requestContext({ requestId, sourceIp: identity.sourceIp }, lambda, facts, clock);
    const request = { ...parsed, caller, idempotencyKey, precondition, context };
    if (caller) await admit?.(caller, context);
    const remembered = caller && remember?.(caller, context);
    try {
      return respond(found.route, await handlerOf(handlers, found.name)(request), requestId);
    } finally {
      await remembered;
    }
  };
  return async (event: APIGatewayProxyEvent, lambda: Context): Promise<APIGatewayProxyResult> => {
    const startedAt = timer.now();
    const { requestId } = event.requestContext;
    const facts: LogFields = { requestId };
    const [response, problem] = await inTime(serve(event, lambda, facts), lambda).then(
      (result) => [result, undefined] as const,
      (error: unknown) => {
        const problem = error instanceof Problem ? error : new Problem("internal", { cause: error });
        return [respondProblem(problem, requestId), problem] as const;
      },
    );
    if (hidesTime && isUnseen(facts, problem?.code)) await hideTime(startedAt, timer);
    logRequest(facts, Math.round(timer.now() - startedAt), problem);
    const origin = event.stageVariables?.[corsOriginVariable];
    return origin ? { ...response, headers: { ...response.headers, ...corsHeaders(origin) } } : response;
  };
}

/** @throws Problem `deadline-exceeded` if the function's time is about to end; and as the response. */
async function inTime<T>(response: Promise<T>, { getRemainingTimeInMillis }: Context): Promise<T> {
  const late = Promise.withResolvers<never>();
  const end = setTimeout(
    () => late.reject(new Problem("deadline-exceeded")),
    Math.max(0, getRemainingTimeInMillis() - lastCall),
  );
  return await Promise.race([response, late.promise]).finally(() => clearTimeout(end));
}

function handlerOf<Names extends RouteName>(handlers: Handlers<Names>, name: RouteName) {
  const found: unknown = Reflect.get(handlers, name);
  if (typeof found !== "function") throw new Error(`The function serves no route ${name}`);
  // The table ties each name to its route's types, which the compiler cannot follow for a name found at run time.
  return found as (request: unknown) => Promise<unknown>;
}
