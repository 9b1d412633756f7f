import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { TargetKey } from "../../lambda/shared/target.ts";
import { addressesOf } from "../fleet/fleet.ts";
import type { FindInTarget } from "../instances/target-instances.ts";
import { ec2Arn } from "../shared/account.ts";
import { hasLoopbackHost } from "../shared/loopback-server.ts";
import { accountOf, isAllowedByPrincipal, isExpired, type Principal } from "./credentials.ts";
import { ServiceError } from "./service-error.ts";
import { signedHeaders } from "./signed-headers.ts";
import { verifySignature } from "./sigv4.ts";
import type { StandInWorld } from "./stand-in.ts";

/** The parameters of `openTunnel` besides the signature. */
const tunnelQuery = z.object({
  instanceConnectEndpointId: z.string(),
  remotePort: z.coerce.number().refine((port) => port === 22 || port === 3389),
  privateIpAddress: z.string(),
  maxTunnelDuration: z.coerce.number().int().min(1).max(3600).default(3600),
});
const signatureParameter = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Security-Token|Signature)$/;

export type TunnelQuery = z.infer<typeof tunnelQuery>;

/**
 * Checks who may open which tunnel. An endpoint is one of the account that the credentials are of and of the region that the URL is
 * signed for: it exists for no others.
 *
 * @throws ServiceError because of signature, time, session policy, endpoint or address.
 */
export function admit(
  world: StandInWorld,
  findIn: FindInTarget<"fleet">,
  request: IncomingMessage,
): { principal: Principal; target: TargetKey; query: TunnelQuery } {
  const now = world.clock();
  if (!hasLoopbackHost(request)) throw new ServiceError("AccessDenied", 403, "The host is not this stand-in's");
  const { principal, target } = authenticate(world, request, now);
  const { fleet } = findIn(target);
  const query = readQuery(request);
  const endpoint = fleet.endpoints.find((one) => one.InstanceConnectEndpointId === query.instanceConnectEndpointId);
  const context = {
    "ec2-instance-connect:remotePort": query.remotePort,
    "ec2-instance-connect:privateIpAddress": query.privateIpAddress,
    "ec2-instance-connect:maxTunnelDuration": query.maxTunnelDuration,
  };
  const resource = ec2Arn(target, `instance-connect-endpoint/${query.instanceConnectEndpointId}`);
  const action = "ec2-instance-connect:OpenTunnel";
  if (!isAllowedByPrincipal(principal, { action, resource, context }, now)) {
    throw new ServiceError("AccessDenied", 403, "Not authorized to open this tunnel");
  }
  if (!endpoint) throw new ServiceError("ResourceNotFound", 404, "There is no such endpoint");
  const instance = fleet.instances.find((one) => addressesOf(one).includes(query.privateIpAddress));
  if (!instance || instance.VpcId !== endpoint.VpcId) {
    throw new ServiceError("InvalidParameter", 400, "The address is not one of the endpoint's VPC");
  }
  return { principal, target, query };
}

function authenticate({ credentials }: StandInWorld, message: IncomingMessage, now: Date) {
  const { method = "", url: target = "" } = message;
  const request = { method, target, headers: signedHeaders(message), body: new Uint8Array() };
  const scope = { service: "ec2-instance-connect" };
  const verdict = verifySignature(request, scope, (id) => credentials.find(id), now);
  const principal = verdict.kind === "verified" ? credentials.find(verdict.accessKeyId)?.principal : undefined;
  if (verdict.kind !== "verified" || !principal || !verdict.presigned) {
    throw new ServiceError("AccessDenied", 403, verdict.kind === "refused" ? verdict.reason : "The URL is not signed");
  }
  if (isExpired(principal, now)) throw new ServiceError("ExpiredToken", 403, "The session has expired");
  return { principal, target: { accountId: accountOf(principal), region: verdict.region } };
}

function readQuery({ url = "" }: IncomingMessage): TunnelQuery {
  const { pathname, searchParams } = new URL(url, "ws://stand-in");
  const parameters = [...searchParams].filter(([name]) => !signatureParameter.test(name));
  const unknown = parameters.find(([name]) => !Object.hasOwn(tunnelQuery.shape, name));
  const parsed = tunnelQuery.safeParse(Object.fromEntries(parameters));
  if (pathname !== "/openTunnel" || unknown || !parsed.success) {
    console.error(`The tunnel stand-in got a request that it does not know: ${pathname} ${unknown?.[0] ?? ""}`);
    throw new ServiceError("InvalidParameter", 400, "The stand-in does not know this path or these parameters");
  }
  return parsed.data;
}
