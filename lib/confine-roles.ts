import type { Stack } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Settings } from "./settings.ts";

/** Gives every role of a complete stack the path and the permissions boundary of the settings, also those that CDK makes. */
export function confineRoles(
  stack: Stack,
  { rolePath, permissionsBoundary: resourceName }: Pick<Settings, "rolePath" | "permissionsBoundary">,
): void {
  for (const each of stack.node.findAll()) {
    if (!(each instanceof CfnRole)) continue;
    if (rolePath !== "/") each.path = rolePath;
    if (resourceName) {
      each.permissionsBoundary = stack.formatArn({ service: "iam", region: "", resource: "policy", resourceName });
    }
  }
}
