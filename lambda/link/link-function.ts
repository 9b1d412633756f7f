import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { type LinkVisit, type LinkVisitStore, visitLife } from "../chat/link-visit.ts";
import { describeFault } from "../shared/describe-fault.ts";
import { logLine } from "../shared/log-line.ts";
import { Problem } from "../shared/problem.ts";
import { type RequestContext, requestContext } from "../shared/request-context.ts";
import { epochSeconds } from "../shared/time.ts";
import { notFound, pageHeaders, shown, unavailable } from "./pages.ts";
import {
  comeFromCompany,
  comeFromSlack,
  confirm,
  type Redirect,
  type Step,
  secret,
  start,
  type VisitPorts,
} from "./visit-steps.ts";

export interface LinkFunctionPorts extends VisitPorts {
  readonly visits: LinkVisitStore;
  /** The URL where a visit starts. */
  readonly home: string;
  readonly clock?: () => Date;
}

/** Sent over TLS alone, to this host alone, and to no script. `Lax`: the providers' redirects come from other sites. */
const cookie = (value: string, seconds: number) =>
  `${cookieName}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;

const cookieName = "__Host-latchkey-link";

/**
 * A Lambda handler for the pages of one visit: two sign-ins in one browser, a question, and a link. The browser has the visit's
 * secret in a cookie. It writes one log line for each request.
 */
export function linkFunction(ports: LinkFunctionPorts) {
  const { visits, home, clock = () => new Date() } = ports;
  return async (event: APIGatewayProxyEvent, lambda: Context): Promise<APIGatewayProxyResult> => {
    const startedAt = performance.now();
    const { requestId, identity } = event.requestContext;
    const context = requestContext({ requestId, sourceIp: identity.sourceIp }, lambda, {}, clock);
    const { step, kept } = await serve(event, context).catch((cause: unknown) => ({
      step: { outcome: "failed", level: "error", facts: { cause }, page: unavailable } as const satisfies Step,
      kept: {},
    }));
    log(step, requestId, performance.now() - startedAt);
    const { headers, ...response } =
      "page" in step ? shown(step.page, home) : { statusCode: 303, headers: { Location: step.location }, body: "" };
    return { ...response, headers: { ...pageHeaders, ...headers, ...kept, "X-Request-Id": requestId } };
  };

  async function serve(event: APIGatewayProxyEvent, context: RequestContext) {
    const { signal } = context.deadline;
    const known = cookieIn(event);
    const found = known === undefined ? undefined : await visits.readVisit(known, signal);
    const now = epochSeconds(clock());
    const step = await stepOf(ports, event, found && found.expiresAt > now ? found : undefined, context);
    if (step.visit === undefined) return { step, kept: {} };
    // One that could not be ended expires, and no other browser has its secret.
    if (known && found) await visits.writeVisit(known, { at: "end", expiresAt: now }, signal).catch(() => {});
    if (step.visit === "ended") return { step, kept: { "Set-Cookie": cookie("", 0) } };
    const next = secret();
    await visits.writeVisit(next, step.visit, signal);
    return { step, kept: { "Set-Cookie": cookie(next, visitLife) } };
  }
}

async function stepOf(
  ports: VisitPorts,
  event: APIGatewayProxyEvent,
  visit: LinkVisit | undefined,
  context: RequestContext,
): Promise<Step> {
  switch (`${event.httpMethod} ${event.resource}`) {
    case "GET /link":
      return start(ports, context);
    case "GET /link/company":
      return comeFromCompany(ports, visit, redirectIn(event), context);
    case "GET /link/slack":
      return comeFromSlack(ports, visit, redirectIn(event), context);
    case "POST /link":
      return confirm(ports, visit, tokenIn(event), context);
    default:
      return { outcome: "not-found", level: "warn", page: notFound };
  }
}

/** A parameter that comes twice does not count. */
function redirectIn({ multiValueQueryStringParameters: query }: APIGatewayProxyEvent): Redirect {
  const once = (name: string) => {
    const values = query?.[name] ?? [];
    return values.length === 1 && values[0] ? { [name]: values[0] } : {};
  };
  return { ...once("code"), ...once("state"), ...once("error") };
}

function tokenIn({ body, isBase64Encoded }: APIGatewayProxyEvent): string | undefined {
  const text = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8").toString("utf8");
  return new URLSearchParams(text).get("token") ?? undefined;
}

/** The visit's secret, if the browser has one. */
function cookieIn({ multiValueHeaders }: APIGatewayProxyEvent): string | undefined {
  const lines = Object.entries(multiValueHeaders ?? {}).find(([name]) => name.toLowerCase() === "cookie")?.[1] ?? [];
  const pairs = lines.flatMap((line) => line.split(";")).map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) || undefined;
}

/** Codes, states and tokens are in no line. */
function log(
  { outcome, level = "info", facts: { cause, ...facts } = {} }: Step,
  requestId: string,
  took: number,
): void {
  const fault = cause instanceof Problem ? { code: cause.code, cause: describeFault(cause.cause ?? cause) } : undefined;
  const described = cause === undefined ? {} : (fault ?? { cause: describeFault(cause) });
  const measurements = { counts: { Faults: level === "error" ? 1 : 0 }, milliseconds: { Duration: Math.round(took) } };
  logLine(level, `link.${outcome}`, { requestId, ...facts, ...described }, { route: "link", ...measurements });
}
