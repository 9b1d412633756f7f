import { isIPv6 } from "node:net";

/** Where the instance is, as its ARN says it. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** The place that the push role is in: its own account, and the function's region. */
export function placeOf(pushRoleArn: string, region: string): Place {
  const [, partition = "", , , accountId = ""] = pushRoleArn.split(":");
  return { partition, region, accountId };
}

/** A session policy's JSON. STS takes 2,048 characters at most. */
export type SessionPolicy = string;

/** The session may push for this one instance and OS user, until `until`, and nothing else. */
export function pushSession(place: Place, instanceId: string, osUser: string, until: Date): SessionPolicy {
  return policy("SendSSHPublicKey", `${arn(place)}:instance/${instanceId}`, until, {
    StringEquals: { "ec2:osuser": osUser },
  });
}

/** The session may push for the serial console of this one instance, until `until`, and nothing else. */
export function serialPushSession(place: Place, instanceId: string, until: Date): SessionPolicy {
  return policy("SendSerialConsoleSSHPublicKey", `${arn(place)}:instance/${instanceId}`, until, {});
}

/** Seconds that a tunnel URL can be used for once it is signed: what AWS's own CLI asks for. */
export const tunnelUrlLife = 60;

export interface TunnelTarget {
  readonly endpointId: string;
  readonly address: string;
  readonly port: number;
  /** Seconds. */
  readonly maxDuration: number;
}

/** The session may open tunnels to this one address and port, of exactly this duration, until `until`, and nothing else. */
export function tunnelSession(place: Place, target: TunnelTarget, until: Date): SessionPolicy {
  const { endpointId, address, port, maxDuration } = target;
  return policy("OpenTunnel", `${arn(place)}:instance-connect-endpoint/${endpointId}`, until, {
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

function arn({ partition, region, accountId }: Place): string {
  return `arn:${partition}:ec2:${region}:${accountId}`;
}
