import { Stack, Validations } from "aws-cdk-lib";
import type { CfnRestApi, RestApi } from "aws-cdk-lib/aws-apigateway";
import { Effect, ManagedPolicy, PolicyDocument, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Caller } from "../contract/caller.ts";
import type { ApiRoute } from "../contract/routes.ts";
import { asNagSays } from "./acknowledge-wildcards.ts";
import { type DoorSettings, doorOf } from "./door-settings.ts";
import type { Settings } from "./settings.ts";

/** The API's one stage. */
export const stageName = "live";

const invoke = { effect: Effect.ALLOW, actions: ["execute-api:Invoke"] };

/**
 * Lets its holders invoke the API, and nothing else: what they may do there is up to Latchkey's policies. It has a name
 * of its own, because a permission set of IAM Identity Center refers to a policy by its name.
 */
export class InvokePolicy extends ManagedPolicy {
  constructor(scope: Construct, id: string, api: RestApi) {
    const { stackName, partition, region, account } = Stack.of(scope);
    super(scope, id, {
      managedPolicyName: `${stackName}-Invoke-${region}`,
      statements: [new PolicyStatement({ ...invoke, resources: [api.arnForExecuteApi("*", "/*", stageName)] })],
    });
    // It always has one, whose logical id cdk-nag shows.
    const cfnApi = api.node.defaultChild as CfnRestApi;
    const apiId = Stack.of(scope).getLogicalId(cfnApi);
    const everyRoute = `arn:${partition}:execute-api:${region}:${account}:<${apiId}>/${stageName}/*/*`;
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${asNagSays(this, everyRoute)}]`,
      reason: "Every route of the API: each request is then decided by Latchkey's own policies.",
    });
  }
}

/**
 * A door's resource policy. It refuses what does not come through the VPC endpoints or from the addresses of the
 * settings, so that it reaches no code of Latchkey's.
 *
 * Under any such policy API Gateway refuses every request that it does not mention, unsigned ones to open routes
 * included. At the IAM door it admits callers of other accounts, who also need a permission of their own account;
 * callers of the stack's own account are left to IAM, or none of them would need a permission any more. At the OIDC
 * door it admits everybody, whom the authorizer then authenticates.
 *
 * @returns undefined if the settings ask for none.
 */
export function resourcePolicy(
  settings: Pick<Settings, "doors" | "otherAccounts">,
  { door, openRoutes, ownAccount }: { door: Caller["frontDoor"]; openRoutes: readonly ApiRoute[]; ownAccount: string },
): PolicyDocument | undefined {
  const refused = refusedNetworks(doorOf(settings, door));
  const { accounts, organization } = (door === "iam" && settings.otherAccounts) || {};
  if (refused.length === 0 && !accounts && !organization) return undefined;
  const admitted = (StringEquals: Record<string, string | readonly string[]>) =>
    new PolicyStatement({
      ...everyone,
      resources: wholeStage,
      conditions: { StringEquals, StringNotEquals: { "aws:PrincipalAccount": ownAccount } },
    });
  const ofOpenRoutes = openRoutes.map(({ method, path }) => `execute-api:/${stageName}/${method}${path}`);
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...everyone, resources: door === "oidc" ? wholeStage : ofOpenRoutes }),
      ...(accounts ? [admitted({ "aws:PrincipalAccount": accounts })] : []),
      ...(organization ? [admitted({ "aws:PrincipalOrgID": organization })] : []),
      ...refused.map((conditions) => deny(wholeStage, conditions)),
    ],
  });
}

/** The policy of a private API's own host name, through which requests reach the API. */
export function privateDomainPolicy(vpcEndpoints: readonly string[]): PolicyDocument {
  const resources = ["execute-api:/*"];
  const statements = [new PolicyStatement({ ...everyone, resources }), deny(resources, notThrough(vpcEndpoints))];
  return new PolicyDocument({ statements });
}

const everyone = { ...invoke, principals: [new StarPrincipal()] };
/** API Gateway completes a resource without region, account and API, which is not known before the API. */
const wholeStage = [`execute-api:/${stageName}/*`];

type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const deny = (resources: string[], conditions: Conditions) =>
  new PolicyStatement({ ...everyone, effect: Effect.DENY, resources, conditions });

const notThrough = (vpcEndpoints: readonly string[]): Conditions => ({
  StringNotEquals: { "aws:SourceVpce": vpcEndpoints },
});

/** Behind a VPC endpoint a request has no public address, and `aws:SourceIp` never matches. */
function refusedNetworks({ vpcEndpoints, sourceCidrs }: DoorSettings): Conditions[] {
  const key = vpcEndpoints ? "aws:VpcSourceIp" : "aws:SourceIp";
  return [
    ...(vpcEndpoints ? [notThrough(vpcEndpoints)] : []),
    ...(sourceCidrs ? [{ NotIpAddress: { [key]: sourceCidrs } }] : []),
  ];
}
