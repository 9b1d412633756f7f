/**
 * What the names of a target's roles follow from. A role's name has its region, because an account's roles are the same in all
 * its regions; the read role serves them all.
 */
export interface RoleNames {
  readonly partition: string;
  /** The name of the main stack. */
  readonly stackName: string;
  readonly rolePath: string;
}

export const readRoleName = ({ stackName }: Pick<RoleNames, "stackName">): string => `${stackName}-ReadRole`;

/** Beside the read role, for the one function that describes networks too. */
export const inspectRoleName = ({ stackName }: Pick<RoleNames, "stackName">): string => `${stackName}-InspectRole`;

/** For the one function that reads consoles, which may show secrets. */
export const captureRoleName = ({ stackName }: Pick<RoleNames, "stackName">): string => `${stackName}-CaptureRole`;

export function pushRoleName({ stackName }: Pick<RoleNames, "stackName">, region: string): string {
  return `${stackName}-PushRole-${region}`;
}

/** @param account `*` stands for any. */
export function roleArn({ partition, rolePath }: RoleNames, account: string, name: string): string {
  return `arn:${partition}:iam::${account}:role${rolePath}${name}`;
}
