import type { FunctionName } from "../contract/routes.ts";
import type { Settings } from "./settings.ts";
import { describing, ec2Arn, type Places, type Statement } from "./statements.ts";

/** All that the push role may do. A session policy narrows it further, to one instance and user or to one tunnel. */
export function pushPermissions(
  places: Pick<Places, "partition" | "region" | "account">,
  { pushTag, maxTunnelSeconds, serialConsole }: Pick<Settings, "pushTag" | "maxTunnelSeconds" | "serialConsole">,
): readonly Statement[] {
  return [
    {
      Effect: "Allow",
      Action: [
        "ec2-instance-connect:SendSSHPublicKey",
        ...(serialConsole ? ["ec2-instance-connect:SendSerialConsoleSSHPublicKey"] : []),
      ],
      Resource: [ec2Arn(places, "instance/*")],
      ...(pushTag && { Condition: { StringEquals: { [`aws:ResourceTag/${pushTag.key}`]: pushTag.value } } }),
    },
    {
      Effect: "Allow",
      Action: ["ec2-instance-connect:OpenTunnel"],
      Resource: [ec2Arn(places, "instance-connect-endpoint/*")],
      Condition: {
        NumericEquals: { "ec2-instance-connect:remotePort": 22 },
        NumericLessThanEquals: { "ec2-instance-connect:maxTunnelDuration": maxTunnelSeconds },
      },
    },
  ];
}

/** All that the read role of a target may do: describe what a connection is decided and resolved by. */
export const describe = describing("DescribeInstances", "DescribeInstanceConnectEndpoints", "DescribeImages");

/** What the checks of an instance are decided by. */
export const describeNetworks = describing(
  "DescribeNetworkAcls",
  "DescribeNetworkInterfaces",
  "DescribeRouteTables",
  "DescribeSecurityGroups",
  "DescribeSubnets",
  "GetManagedPrefixListEntries",
);

/** What capturing host keys takes: to read consoles, and when instances were started. @param region `*` stands for any. */
export function capturePermissions(places: Pick<Places, "partition" | "region" | "account">): readonly Statement[] {
  return [
    describing("DescribeInstances"),
    { Effect: "Allow", Action: ["ec2:GetConsoleOutput"], Resource: [ec2Arn(places, "instance/*")] },
  ];
}

/** The only function whose role the push role trusts. */
export const pushRoleUser = "connect" satisfies FunctionName;
