import { isIPv6 } from "node:net";
import type { Target } from "../shared/target.ts";

/** A session policy's JSON. STS takes 2,048 characters at most. */
export type SessionPolicy = string;

/** A session that can push for this instance and OS user until `until`, and do nothing else. */
export function pushSession(target: Target, instanceId: string, osUser: string, until: Date): SessionPolicy {
  return policy("SendSSHPublicKey", `${arn(target)}:instance/${instanceId}`, until, {
    StringEquals: { "ec2:osuser": osUser },
  });
}

/** A session that can push to the serial console of this instance until `until`, and do nothing else. */
export function serialPushSession(target: Target, instanceId: string, until: Date): SessionPolicy {
  return policy("SendSerialConsoleSSHPublicKey", `${arn(target)}:instance/${instanceId}`, until, {});
}

/** Seconds for which a presigned tunnel URL is valid, as in the AWS CLI. */
export const tunnelUrlLife = 60;

/** Where a tunnel leads, and for how long. */
export interface TunnelDestination {
  readonly endpointId: string;
  readonly address: string;
  readonly port: number;
  /** Seconds. */
  readonly maxDuration: number;
}

/** A session that can open tunnels to this address and port, of exactly this duration, until `until`, and do nothing else. */
export function tunnelSession(target: Target, destination: TunnelDestination, until: Date): SessionPolicy {
  const { endpointId, address, port, maxDuration } = destination;
  return policy("OpenTunnel", `${arn(target)}:instance-connect-endpoint/${endpointId}`, until, {
    NumericEquals: {
      "ec2-instance-connect:remotePort": port,
      "ec2-instance-connect:maxTunnelDuration": maxDuration,
    },
    IpAddress: { "ec2-instance-connect:privateIpAddress": `${address}/${isIPv6(address) ? 128 : 32}` },
  });
}

function policy(action: string, resource: string, until: Date, conditions: object): SessionPolicy {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: `ec2-instance-connect:${action}`,
        Resource: resource,
        Condition: { ...conditions, DateLessThan: { "aws:CurrentTime": until.toISOString() } },
      },
    ],
  });
}

function arn({ partition, region, accountId }: Target): string {
  return `arn:${partition}:ec2:${region}:${accountId}`;
}
