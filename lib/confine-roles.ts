import { Stack } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/** Gives every role of a complete stack or construct the path and the permissions boundary of the settings, also those that CDK makes. */
export function confineRoles(
  scope: Construct,
  { rolePath, permissionsBoundary: resourceName }: Pick<Settings, "rolePath" | "permissionsBoundary">,
): void {
  for (const each of scope.node.findAll()) {
    if (!(each instanceof CfnRole)) continue;
    if (rolePath !== "/") each.path = rolePath;
    if (resourceName) {
      each.permissionsBoundary = Stack.of(scope).formatArn({
        service: "iam",
        region: "",
        resource: "policy",
        resourceName,
      });
    }
  }
}
