import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { TargetKey } from "../../lambda/shared/target.ts";
import { region as ownRegion } from "../shared/account.ts";
import { hasLoopbackHost, listen, type RunningServer, readBody } from "../shared/loopback-server.ts";
import type { AskedAction, CallLog } from "./call-log.ts";
import { accountOf, type CredentialStore, isAllowedByPrincipal, isExpired, type Principal } from "./credentials.ts";
import type { ConditionContext } from "./iam-conditions.ts";
import { ServiceError, unknownToStandIn } from "./service-error.ts";
import { signedHeaders } from "./signed-headers.ts";
import { verifySignature } from "./sigv4.ts";
import type { TargetFault } from "./target-faults.ts";

/** What all stand-ins share. */
export interface StandInWorld {
  /** The clock of AWS and the instances, for signatures, sessions and keys. */
  clock(): Date;
  /** Milliseconds by which every response is delayed. */
  latency: number;
  readonly log: CallLog;
  readonly credentials: CredentialStore;
  /** Has the services speak TLS. In PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A call with a valid signature. */
export interface Call {
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly principal: Principal;
  /** The principal's account, and the region that the call is signed for. */
  readonly target: TargetKey;
  readonly now: Date;
  /** Evaluates the policies of the role and the session. */
  allows(action: string, resource: string, context?: ConditionContext): boolean;
  /** Logs the parsed parameters of the call. */
  note(request: unknown): void;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}

export interface Service {
  /** Its signing name. */
  readonly name: string;
  /** Whether it is in all regions; otherwise it is in the stack's own. */
  readonly isInAllRegions?: true;
  /** How it fails all calls in a target. */
  faultIn?(target: TargetKey): TargetFault | undefined;
  operationOf(headers: IncomingHttpHeaders, body: Buffer): string;
  readonly operations: Readonly<Record<string, (call: Call) => Reply | Promise<Reply>>>;
  /** An error in the shape of the service's protocol. */
  describeError(error: ServiceError): Reply;
}

/** A call that is never answered. */
const silence: Reply = { status: 0, contentType: "", body: "" };

/** Bytes: more than any call of Latchkey needs. */
const maxBodySize = 1024 * 1024;

/** Starts the stand-in of one AWS service on a port of its own. */
export async function startStandIn(service: Service, world: StandInWorld): Promise<RunningServer> {
  const onRequest: RequestListener = (request, response) => {
    const startedAt = performance.now();
    serve(service, world, request, startedAt).then(async ({ status, contentType, body }) => {
      if (status !== silence.status) response.writeHead(status, { "Content-Type": contentType }).end(body);
    }, console.error);
  };
  return listen(world.tls ? createTlsServer(world.tls, onRequest) : createServer(onRequest), 0);
}

async function serve(
  service: Service,
  world: StandInWorld,
  request: IncomingMessage,
  startedAt: number,
): Promise<Reply> {
  const actions: AskedAction[] = [];
  const unknown = { operation: "unknown", role: "unknown", accountId: "unknown", region: "unknown" };
  const logged = { ...unknown, request: undefined as unknown };
  const reply = await answer().catch((error: unknown) => {
    if (error instanceof ServiceError) return service.describeError(error);
    console.error(`The stand-in of ${service.name} failed:`, error);
    return service.describeError(new ServiceError("StandInFailed", 500, "The stand-in failed"));
  });
  await delay(world.latency);
  world.log.add({
    service: service.name,
    ...logged,
    actions,
    status: reply.status,
    startedAt,
    endedAt: performance.now(),
  });
  return reply;

  async function answer(): Promise<Reply> {
    const body = await readBody(request, maxBodySize);
    if (!body || !hasLoopbackHost(request))
      throw new ServiceError("BadRequest", 400, "Not a request for this stand-in");
    const now = world.clock();
    const { principal, target } = authenticate(service, world, { message: request, body, now });
    Object.assign(logged, { role: principal.role, ...target });
    logged.operation = service.operationOf(request.headers, body);
    const operation = Object.hasOwn(service.operations, logged.operation) && service.operations[logged.operation];
    if (!operation) throw unknownToStandIn(`the operation ${logged.operation} of ${service.name}`);
    const fault = service.faultIn?.(target);
    if (fault === "hang") return silence;
    if (fault === "throttle") throw new ServiceError("RequestLimitExceeded", 503, "Request limit exceeded.");
    const ofCall = { "aws:RequestedRegion": target.region };
    return operation({
      operation: logged.operation,
      headers: request.headers,
      body,
      principal,
      target,
      now,
      allows(action, resource, context = {}) {
        const allowed = isAllowedByPrincipal(principal, { action, resource, context: { ...ofCall, ...context } }, now);
        actions.push({ action, resource, allowed });
        return allowed;
      },
      note(read) {
        logged.request = read;
      },
    });
  }
}

function authenticate(
  service: Service,
  { credentials }: StandInWorld,
  { message, body, now }: { readonly message: IncomingMessage; readonly body: Buffer; readonly now: Date },
): Pick<Call, "principal" | "target"> {
  const { method = "", url: target = "" } = message;
  const request = { method, target, headers: signedHeaders(message), body };
  const scope = { service: service.name, ...(!service.isInAllRegions && { region: ownRegion }) };
  const verdict = verifySignature(request, scope, (id) => credentials.find(id), now);
  if (verdict.kind === "unsigned") throw new ServiceError("MissingAuthenticationToken", 403, "The call is not signed");
  if (verdict.kind === "refused") throw new ServiceError("SignatureDoesNotMatch", 403, verdict.reason);
  const principal = credentials.find(verdict.accessKeyId)?.principal;
  if (!principal) throw new ServiceError("InvalidClientTokenId", 403, "The access key is not known");
  if (isExpired(principal, now)) throw new ServiceError("ExpiredToken", 403, "The session has expired");
  return { principal, target: { accountId: accountOf(principal), region: verdict.region } };
}
