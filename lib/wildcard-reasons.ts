const describing = "EC2's describe actions know no resource-level permission.";
const pushing = "Which instances there are changes all the time; each session's own policy names one of them.";

/**
 * Every wildcard that a statement of the stack may have under some settings, and why: `<action> <what of, its account and
 * region left out>`.
 * The stack answers cdk-nag with these, and a test holds every statement of the template against them.
 */
export const wildcardReasons: Readonly<Record<string, string>> = {
  "ec2:DescribeImages *": describing,
  "ec2:DescribeInstances *": describing,
  "ec2:DescribeInstanceConnectEndpoints *": describing,
  "ec2:GetConsoleOutput instance/*":
    "Any instance may start, and is then looked at once it has: which ones there are changes all the time.",
  "ec2-instance-connect:SendSSHPublicKey instance/*": pushing,
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey instance/*": pushing,
  "ec2-instance-connect:OpenTunnel instance-connect-endpoint/*":
    "Which endpoints there are changes all the time; each session's own policy names one of them.",
};

/** Why a resource of a statement may have the wildcard that it has, where there is a reason. */
export function wildcardReason(action: string, resource: string): string | undefined {
  return wildcardReasons[`${action} ${withoutPlace(resource)}`];
}

function withoutPlace(arn: string): string {
  return arn.startsWith("arn:") ? arn.split(":").slice(5).join(":") : arn;
}
