import { connectionKeyPrefix, instanceKeyPrefix } from "../lambda/aws/table-keys.ts";
import type { FunctionName } from "../lambda/contract/routes.ts";
import type { Settings } from "./settings.ts";

/** A statement of an IAM policy, as its JSON has it. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | number | readonly string[]>>>>;
}

/** Where things are. In the stack these are tokens, in the local stack plain text. */
export interface Places {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly tableArn: string;
  readonly pushRoleArn: string;
}

/**
 * All that each function may do in AWS, beside writing its own log. None may push: that is the push role's, which only
 * `connect` may assume.
 */
export function functionPermissions(places: Places): Record<FunctionName, readonly Statement[]> {
  // EC2's describe actions know no resource-level permission, hence the wildcard.
  const describe: Statement = {
    Effect: "Allow",
    Action: ["ec2:DescribeInstances", "ec2:DescribeInstanceConnectEndpoints", "ec2:DescribeImages"],
    Resource: ["*"],
  };
  return {
    connect: [
      describe,
      { Effect: "Allow", Action: ["sts:AssumeRole", "sts:SetSourceIdentity"], Resource: [places.pushRoleArn] },
      tableItems(places, ["dynamodb:BatchGetItem"], instanceKeyPrefix),
      tableItems(places, ["dynamodb:PutItem", "dynamodb:UpdateItem"], connectionKeyPrefix),
    ],
    instances: [describe, tableItems(places, ["dynamodb:BatchGetItem"], instanceKeyPrefix)],
    service: [],
  };
}

/** All that the push role may do. Each session narrows it further, to one instance and user or to one tunnel. */
export function pushPermissions(
  { partition, region, account }: Places,
  { pushTag, maxTunnelSeconds }: Pick<Settings, "pushTag" | "maxTunnelSeconds">,
): readonly Statement[] {
  return [
    {
      Effect: "Allow",
      Action: ["ec2-instance-connect:SendSSHPublicKey"],
      Resource: [`arn:${partition}:ec2:${region}:${account}:instance/*`],
      ...(pushTag && { Condition: { StringEquals: { [`aws:ResourceTag/${pushTag.key}`]: pushTag.value } } }),
    },
    {
      Effect: "Allow",
      Action: ["ec2-instance-connect:OpenTunnel"],
      Resource: [`arn:${partition}:ec2:${region}:${account}:instance-connect-endpoint/*`],
      Condition: {
        NumericEquals: { "ec2-instance-connect:remotePort": 22 },
        NumericLessThanEquals: { "ec2-instance-connect:maxTunnelDuration": maxTunnelSeconds },
      },
    },
  ];
}

function tableItems({ tableArn }: Places, actions: readonly string[], keyPrefix: string): Statement {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: [tableArn],
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${keyPrefix}*`] } },
  };
}

/** The one function whose role the push role trusts. */
export const pushRoleUser: FunctionName = "connect";
