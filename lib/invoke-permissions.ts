import { Stack, Validations } from "aws-cdk-lib";
import type { CfnRestApi, RestApi } from "aws-cdk-lib/aws-apigateway";
import { Effect, ManagedPolicy, PolicyDocument, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { ApiRoute } from "../contract/routes.ts";
import type { Settings } from "./settings.ts";

/** The API's one stage. */
export const stageName = "live";

const invoke = { effect: Effect.ALLOW, actions: ["execute-api:Invoke"] };

/**
 * Lets its holders invoke the API, and nothing else: what they may do there is up to Latchkey's policies. It has a name of its own,
 * because a permission set of IAM Identity Center refers to a policy by its name.
 */
export class InvokePolicy extends ManagedPolicy {
  constructor(scope: Construct, id: string, api: RestApi) {
    const { stackName, region } = Stack.of(scope);
    super(scope, id, {
      managedPolicyName: `${stackName}-Invoke-${region}`,
      statements: [new PolicyStatement({ ...invoke, resources: [api.arnForExecuteApi("*", "/*", stageName)] })],
    });
    // It always has one, whose logical id cdk-nag shows.
    const cfnApi = api.node.defaultChild as CfnRestApi;
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${Stack.of(scope).getLogicalId(cfnApi)}>/${stageName}/*/*]`,
      reason: "Every route of the API: each request is then decided by Latchkey's own policies.",
    });
  }
}

/**
 * The API's resource policy: it admits callers of other accounts, who also need a permission of their own account. Under such a
 * policy API Gateway refuses every request that it does not mention, unsigned ones to open routes included. Callers of the
 * stack's own account are left to IAM, or none of them would need a permission any more.
 *
 * @returns undefined if no other account may invoke the API.
 */
export function resourcePolicy(
  { otherAccounts }: Pick<Settings, "otherAccounts">,
  { openRoutes, ownAccount }: { openRoutes: readonly ApiRoute[]; ownAccount: string },
): PolicyDocument | undefined {
  if (!otherAccounts) return undefined;
  const { accounts, organization } = otherAccounts;
  // API Gateway completes a resource without region, account and API, which is not known before the API.
  const everyone = { ...invoke, principals: [new StarPrincipal()] };
  const admitted = (StringEquals: Record<string, string | readonly string[]>) =>
    new PolicyStatement({
      ...everyone,
      resources: [`execute-api:/${stageName}/*`],
      conditions: { StringEquals, StringNotEquals: { "aws:PrincipalAccount": ownAccount } },
    });
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        ...everyone,
        resources: openRoutes.map(({ method, path }) => `execute-api:/${stageName}/${method}${path}`),
      }),
      ...(accounts ? [admitted({ "aws:PrincipalAccount": accounts })] : []),
      ...(organization ? [admitted({ "aws:PrincipalOrgID": organization })] : []),
    ],
  });
}
