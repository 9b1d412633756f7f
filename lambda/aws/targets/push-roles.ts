import type { STSClient } from "@aws-sdk/client-sts";
import type { PushRole } from "../../connect/ports.ts";
import type { ServedTargets } from "../../shared/settings.ts";
import { type Target, targetKey } from "../../shared/target.ts";
import { pushRoleName, roleArn } from "../../shared/target-roles.ts";
import { pushRole } from "../sts/push-role.ts";
import { ownTarget, roleNames, type Stack } from "./aws-targets.ts";

/** The push role of each target. That of the stack's own has a name that CloudFormation chose. */
export function pushRoles(
  sts: STSClient,
  stack: Stack & { readonly PUSH_ROLE_ARN: string },
  served: ServedTargets | undefined,
): (target: Target) => PushRole {
  const own = ownTarget(stack);
  return (target) => {
    if (!served || targetKey(target) === targetKey(own)) return pushRole(sts, stack.PUSH_ROLE_ARN);
    const names = roleNames(stack, served);
    return pushRole(sts, roleArn(names, target.accountId, pushRoleName(names, target.region)), served.externalId);
  };
}
