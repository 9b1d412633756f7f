import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { addressesOf, type Fleet } from "../fleet/fleet.ts";
import { account, region } from "../shared/account.ts";
import { hasLoopbackHost } from "../shared/loopback-server.ts";
import { isAllowedByPrincipal, isExpired, type Principal } from "./credentials.ts";
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

/** Checks who may open which tunnel. @throws ServiceError because of signature, time, session policy, endpoint or address. */
export function admit(
  world: StandInWorld,
  fleet: Fleet,
  request: IncomingMessage,
): { principal: Principal; query: TunnelQuery } {
  const now = world.clock();
  if (!hasLoopbackHost(request)) throw new ServiceError("AccessDenied", 403, "The host is not this stand-in's");
  const principal = authenticate(world, request, now);
  const query = readQuery(request);
  const endpoint = fleet.endpoints.find((one) => one.InstanceConnectEndpointId === query.instanceConnectEndpointId);
  const context = {
    "ec2-instance-connect:remotePort": query.remotePort,
    "ec2-instance-connect:privateIpAddress": query.privateIpAddress,
    "ec2-instance-connect:maxTunnelDuration": query.maxTunnelDuration,
  };
  const resource = `arn:aws:ec2:${region}:${account}:instance-connect-endpoint/${query.instanceConnectEndpointId}`;
  const action = "ec2-instance-connect:OpenTunnel";
  if (!isAllowedByPrincipal(principal, { action, resource, context }, now)) {
    throw new ServiceError("AccessDenied", 403, "Not authorized to open this tunnel");
  }
  if (!endpoint) throw new ServiceError("ResourceNotFound", 404, "There is no such endpoint");
  const instance = fleet.instances.find((one) => addressesOf(one).includes(query.privateIpAddress));
  if (!instance || instance.VpcId !== endpoint.VpcId) {
    throw new ServiceError("InvalidParameter", 400, "The address is not one of the endpoint's VPC");
  }
  return { principal, query };
}

function authenticate({ credentials }: StandInWorld, message: IncomingMessage, now: Date): Principal {
  const { method = "", url: target = "" } = message;
  const request = { method, target, headers: signedHeaders(message), body: new Uint8Array() };
  const scope = { region, service: "ec2-instance-connect" };
  const verdict = verifySignature(request, scope, (id) => credentials.find(id), now);
  const principal = verdict.kind === "verified" ? credentials.find(verdict.accessKeyId)?.principal : undefined;
  if (verdict.kind !== "verified" || !principal || !verdict.presigned) {
    throw new ServiceError("AccessDenied", 403, verdict.kind === "refused" ? verdict.reason : "The URL is not signed");
  }
  if (isExpired(principal, now)) throw new ServiceError("ExpiredToken", 403, "The session has expired");
  return principal;
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
