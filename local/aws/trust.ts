import type { TrustStatement } from "../../lib/target-permissions.ts";
import { organization } from "../shared/account.ts";
import { accountOf, type Principal } from "./credentials.ts";
import { type IamRequest, isAllowed } from "./iam.ts";

/**
 * Whether the trust policy of a role allows a principal a request about the role. A role of another account needs a permission of
 * its own besides. All accounts here are of one organization.
 */
export function isTrusted(trust: readonly TrustStatement[], principal: Principal, request: IamRequest): boolean {
  const root = `arn:aws:iam::${accountOf(principal)}:root`;
  const named = trust.filter(({ Principal: { AWS } }) => AWS === principal.roleArn || AWS === root);
  // A trust policy is one of its role, and names no resource.
  const Statement = named.map((statement) => ({ ...statement, Resource: "*" }));
  const context = { "aws:PrincipalArn": principal.roleArn, "aws:PrincipalOrgID": organization, ...request.context };
  return isAllowed([{ Version: "2012-10-17", Statement }], { ...request, context });
}
