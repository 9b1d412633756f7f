const describing = "EC2's describe actions have no resource-level permissions.";
const listing = "Units come and go; an account can list those of its own organization only.";
const pushing = "Instances come and go; each session policy names one of them.";

/**
 * Every wildcard that a statement of the stack may have under some settings, and why: `<action> <resource without account and
 * region>`. The stack acknowledges cdk-nag's findings with these, and a test compares every statement of the template with them.
 */
export const wildcardReasons: Readonly<Record<string, string>> = {
  "ec2:DescribeImages *": describing,
  "ec2:DescribeInstances *": describing,
  "ec2:DescribeInstanceConnectEndpoints *": describing,
  "ec2:DescribeNetworkAcls *": describing,
  "ec2:DescribeNetworkInterfaces *": describing,
  "ec2:DescribeRouteTables *": describing,
  "ec2:DescribeSecurityGroups *": describing,
  "ec2:DescribeSubnets *": describing,
  "ec2:GetManagedPrefixListEntries *": "Rules may name prefix lists of AWS and of other accounts.",
  "organizations:ListAccountsForParent *": listing,
  "organizations:ListOrganizationalUnitsForParent *": listing,
  "dynamodb:ListStreams *": "It has no resource-level permissions.",
  "ec2:GetConsoleOutput instance/*": "Any instance may start, and its console is then read; instances come and go.",
  "ec2-instance-connect:SendSSHPublicKey instance/*": pushing,
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey instance/*": pushing,
  "ec2-instance-connect:OpenTunnel instance-connect-endpoint/*":
    "Endpoints come and go; each session policy names one of them.",
};

/** The reason why a resource of a statement may have its wildcard, if there is one. */
export function wildcardReason(action: string, resource: string): string | undefined {
  return wildcardReasons[`${action} ${withoutPlace(resource)}`];
}

function withoutPlace(arn: string): string {
  return arn.startsWith("arn:") ? arn.split(":").slice(5).join(":") : arn;
}
